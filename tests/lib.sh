# shellcheck shell=bash
# What a shell test sources. A test is a list of checks, each a sentence and a command that must succeed:
#
#   . "$(dirname "$0")/../lib.sh"
#   need_root
#   own_store
#   busybox_image busybox
#   run aictr run --rm busybox sh -c 'exit 3'
#   check "the exit code of the command is the exit code of run" equals 3 "$status"
#
# A failed check does not end the test, a failed command outside of `run` and `check` does. At the end every process,
# mount and directory that the test asked for through this file is gone, and a mount that the programs under test left
# behind is a failure.

set -euo pipefail

test_failures=0
test_cleanups=()

AICTR_SOURCE=${AICTR_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
AICTR_BIN=${AICTR_BIN:-$AICTR_SOURCE/build/release/cli}
export AICTR_SOURCE AICTR_BIN
export PATH=$AICTR_BIN:$PATH
export LC_ALL=C.UTF-8
export AICTR_NETWORK=host # the machine's firewall is not touched by a test that does not ask for it

# Runs COMMAND when the test ends, the latest first, whatever happened before.
at_exit() {
  test_cleanups=("$*" ${test_cleanups[@]+"${test_cleanups[@]}"})
}

finish_test() {
  local code=$? command
  set +e
  trap - EXIT
  for command in ${test_cleanups[@]+"${test_cleanups[@]}"}; do
    eval "$command"
  done
  if [ "$code" -eq 0 ] && [ "$test_failures" -gt 0 ]; then code=1; fi
  if [ "$code" -ne 0 ] && [ "$code" -ne 77 ]; then
    echo "failed: $0: exit $code, $test_failures failed checks"
  fi
  exit "$code"
}
trap finish_test EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Ends the test: what it needs is not here. ctest reports it as skipped, scripts/test says why.
skip() {
  echo "skip: $*"
  exit 77
}

need_root() {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
}

# need PROGRAM...: the programs that the test runs, of this project or another.
need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null 2>&1 || skip "needs the program $program"
  done
}

# run COMMAND...: leaves its exit code in $status, what it printed in $output and $errors.
run() {
  local errors_file
  errors_file=$(mktemp)
  status=0
  output=$("$@" 2>"$errors_file") || status=$?
  errors=$(cat "$errors_file")
  rm -f "$errors_file"
}

# check SENTENCE COMMAND...: the command must succeed.
check() {
  local sentence=$1
  shift
  if "$@"; then
    echo "ok: $sentence"
  else
    test_failures=$((test_failures + 1))
    echo "not ok: $sentence"
    if [ -n "${status+set}" ]; then
      printf '  the last run: exit %s\n  output: %s\n  errors: %s\n' "$status" "${output:0:2000}" "${errors:0:2000}"
    fi
  fi
}

equals() { # EXPECTED ACTUAL
  [ "$1" = "$2" ] || { printf '  expected: %s\n  got: %s\n' "$1" "$2" && false; }
}

contains() { # NEEDLE TEXT
  [[ $2 == *"$1"* ]] || { printf '  expected to contain: %s\n  got: %s\n' "$1" "$2" && false; }
}

lacks() { # NEEDLE TEXT
  [[ $2 != *"$1"* ]] || { printf '  expected not to contain: %s\n  got: %s\n' "$1" "$2" && false; }
}

matches() { # EXTENDED-REGEX TEXT; the regex must fit a whole line of it
  grep -qxE -- "$1" <<<"$2" || { printf '  expected a line like: %s\n  got: %s\n' "$1" "$2" && false; }
}

at_most() { # LIMIT NUMBER
  [ "$2" -le "$1" ] || { printf '  expected at most: %s\n  got: %s\n' "$1" "$2" && false; }
}

fails() { # COMMAND...
  if "$@"; then return 1; fi
}

# Mount points at or below a directory, deepest first.
mounts_below() {
  awk -v top="$1" '$5 == top || index($5, top "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r
}

remove_work() {
  local left mount
  left=$(mounts_below "$work")
  if [ -n "$left" ]; then
    echo "not ok: mounts were left behind:" && echo "$left"
    test_failures=$((test_failures + 1))
    while read -r mount; do umount -l "$mount"; done <<<"$left"
  fi
  rm -rf --one-file-system "$work"
}

# A scratch directory of the test, $work, on a file system that takes an overlay's upper directory.
own_work() {
  [ -z "${work:-}" ] || return 0
  work=$(mktemp -d "${TMPDIR:-/tmp}/aictr-test.XXXXXX")
  at_exit remove_work
}

# A store and a state directory of the test's own, so that nothing touches the machine's.
own_store() {
  own_work
  export AICTR_ROOT=$work/store AICTR_RUNROOT=$work/run
  mkdir -p "$AICTR_ROOT" "$AICTR_RUNROOT"
}

# busybox_rootfs DIRECTORY: a root file system with a shell and the usual commands.
busybox_rootfs() {
  local busybox applet
  busybox=$(command -v busybox) || skip "needs the program busybox (package busybox-static)"
  if ldd "$busybox" >/dev/null 2>&1; then skip "needs a static busybox (package busybox-static)"; fi
  mkdir -p "$1"/{bin,dev,etc,home,proc,root,run,sys,tmp,usr,var}
  chmod 1777 "$1/tmp"
  chmod 700 "$1/root"
  cp "$busybox" "$1/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$1/bin/$applet"
  done
  ln -sfn ../bin "$1/usr/bin"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
}

# busybox_image NAME: imports such a root as an image into the store of the test.
busybox_image() {
  own_store
  busybox_rootfs "$work/busybox-rootfs"
  tar -C "$work/busybox-rootfs" -cf "$work/busybox.tar" .
  aictr import "$work/busybox.tar" "$1" >/dev/null
  rm -rf "$work/busybox-rootfs" "$work/busybox.tar"
}
