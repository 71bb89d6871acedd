# shellcheck shell=bash
# shellcheck disable=SC2154  # $work is made by own_work of tests/lib.sh
# What the source checks share: the files of a source tree, and planting a violation in a copy of one.

# code_files TREE PATTERN...: its C++ files below the given paths, relative to the tree.
code_files() {
  local tree=$1
  shift
  (cd "$tree" && for place in "$@"; do
    if [ -d "$place" ]; then find "$place" -name '*.cpp' -o -name '*.h'; fi
  done | sort)
}

# Every file of the project that a person writes, relative to the tree.
project_files() {
  if [ -e "$1/.git" ]; then
    (cd "$1" && git -c safe.directory="$1" ls-files --cached --others --exclude-standard)
  else
    (cd "$1" && find . -type f -printf '%P\n')
  fi | sort
}

# finds SENTENCE CHECK PATH LINE...: CHECK of a tree with nothing but that file in it must print something.
finds() {
  local sentence=$1 check_tree=$2 path=$3 planted
  shift 3
  planted=$(mktemp -d "$work/planted.XXXXXX")
  mkdir -p "$planted/$(dirname "$path")"
  printf '%s\n' "$@" >"$planted/$path"
  check "$sentence" test -n "$("$check_tree" "$planted")"
}

# accepts SENTENCE CHECK PATH LINE...: and here nothing.
accepts() {
  local sentence=$1 check_tree=$2 path=$3 planted
  shift 3
  planted=$(mktemp -d "$work/planted.XXXXXX")
  mkdir -p "$planted/$(dirname "$path")"
  printf '%s\n' "$@" >"$planted/$path"
  check "$sentence" equals "" "$("$check_tree" "$planted")"
}
