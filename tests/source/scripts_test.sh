#!/bin/bash
# The shell scripts pass shellcheck, and nothing in the tree names a place that only one machine has.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work
need shellcheck

shell_scripts() {
  project_files "$1" | while read -r file; do
    case $file in
      *.sh) echo "$file" ;;
      *) if [ -f "$1/$file" ] && head -n1 "$1/$file" | grep -aqE '^#!.*\b(ba|da)?sh$'; then echo "$file"; fi ;;
    esac
  done
}

shell_mistakes() {
  local scripts
  mapfile -t scripts < <(shell_scripts "$1")
  [ ${#scripts[@]} -eq 0 ] || (cd "$1" && shellcheck --format=gcc "${scripts[@]}") || true
}

# The folder that the tree is in, and home directories; a container's root has its caches in ~/.cache.
machine_paths() {
  project_files "$1" | grep -v '^tests/source/scripts_test\.sh$' | while read -r file; do
    if [ -f "$1/$file" ]; then
      grep -aHnF "$1/" "$1/$file" || grep -aHnE '(^|[^[:alnum:]_.}/-])/(home/[a-z]+|root/([a-z]|\.[abd-z])[a-z.]*)/' "$1/$file" || true
    fi
  done
}

scripts_not_executable() {
  shell_scripts "$1" | while read -r file; do
    if head -n1 "$1/$file" | grep -q '^#!' && ! [ -x "$1/$file" ]; then echo "$file"; fi
  done
}

check "shellcheck has nothing to say" equals "" "$(shell_mistakes "$AICTR_SOURCE")"
check "a script can be run" equals "" "$(scripts_not_executable "$AICTR_SOURCE")"
check "no path of one machine is written down" equals "" "$(machine_paths "$AICTR_SOURCE")"

finds "a mistake in a script is found" shell_mistakes scripts/x '#!/bin/bash' 'cd $1 && rm -rf $2/*'
finds "a script that cannot be run is found" scripts_not_executable scripts/x '#!/bin/bash' 'true'
finds "a home directory is found" machine_paths docs/x.md 'see /home/ann/aictr/build'
