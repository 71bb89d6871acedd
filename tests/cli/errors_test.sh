#!/bin/bash
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_store

# refused MESSAGE HINT COMMAND...: exit 125, nothing on standard output, these two lines on standard error.
refused() {
  local message=$1 hint=$2
  shift 2
  run "$@"
  check "'$*' ends with 125" equals 125 "$status"
  check "'$*' prints no result" equals "" "$output"
  check "'$*' says why and what to do" equals "$message"$'\n'"hint: $hint" "$errors"
}

refused "aictr: unknown command 'rnu', did you mean 'run'?" "see 'aictr --help'" aictr rnu
refused "aictr: unknown command 'xyzzy'" "see 'aictr --help'" aictr xyzzy
refused "aictr: unknown flag '--roto', did you mean '--root'?" "see 'aictr --help'" aictr --roto x images
refused "aictr: run: unknown flag '--memroy', did you mean '--memory'?" "see 'aictr run --help'" \
  aictr run --memroy 1g busybox
refused "aictr: run: unknown flag '-name', did you mean '--name'?" "see 'aictr run --help'" aictr run -name x busybox
refused "aictr: run: flag '--memory': 'much' is not a size" "write a number and b, k, m, g or t: 512m" \
  aictr run --memory much busybox
refused "aictr: run: flag '--pull': 'perhaps' is none of missing, always, never" "see 'aictr run --help'" \
  aictr run --pull perhaps busybox
refused "aictr: run: needs at least 1 argument: IMAGE [COMMAND [ARG...]]" "see 'aictr run --help'" aictr run
refused "aictr: tag: needs 2 arguments: IMAGE NAME[:TAG]" "see 'aictr tag --help'" aictr tag one
refused "aictr: images: takes at most 1 argument, got 'two' as well" "see 'aictr images --help'" aictr images one two
refused "aictr: images: flag '--format' needs a value: FORMAT" "see 'aictr images --help'" aictr images --format
refused "aictr: images: unknown filter 'refrence', did you mean 'reference'?" \
  "there is before, dangling, label, reference, since" aictr images --filter refrence=x
refused "aictr: history: no image 'nosuch' in the store" "\`aictr images\` lists what there is" aictr history nosuch
refused "aictr: completion: no completion for the shell 'tcsh'" "there is bash, zsh and fish" aictr completion tcsh

run aictr images --format '{{.ID'
check "a template that is not closed is refused" equals 125 "$status"

run aictr rmi nosuch
check "rmi of an image that is not there ends with 1" equals 1 "$status"
run aictr rmi -f nosuch
check "rmi -f of an image that is not there succeeds" equals 0 "$status"

if [ -e /dev/full ]; then
  # Not through `run`: its standard output is what is tested.
  status=0 output="" errors=$(aictr --help 2>&1 >/dev/full) || status=$?
  check "a result that cannot be written is an error" equals 125 "$status"
  check "a result that cannot be written is told" contains "No space left on device" "$errors"
fi

run env AICTR_LIBEXEC="$work" TERM=xterm aictr rnu
check "no colour where there is no terminal" lacks $'\033' "$errors"

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  mkdir -m 777 "$work/home"
  chmod 755 "$work"
  run env -i HOME="$work/home" PATH="$PATH" setpriv --reuid 65534 --regid 65534 --clear-groups aictr images -q
  check "an ordinary user has a store of their own" equals "0:" "$status:$output$errors"
  check "an ordinary user's store is in their home" test -d "$work/home/.local/share/aictr"
  run env -i PATH="$PATH" setpriv --reuid 65534 --regid 65534 --clear-groups aictr images
  check "without a home the error names the flag" contains "hint: give --root DIR" "$errors"
fi
