#!/bin/bash
# bash's completion in bash itself; that every command and flag is offered is a unit test.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_store

# shellcheck disable=SC1090
source <(aictr completion bash)

# complete_line LINE: what the shell would offer for it.
complete_line() {
  COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
  COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
  _aictr aictr
  echo "${COMPREPLY[*]}"
}

check "a command is completed" equals history "$(complete_line 'aictr hist')"
check "a flag is completed" equals --pids-limit "$(complete_line 'aictr run --pids')"
check "a value is completed behind a blank" equals never "$(complete_line 'aictr run --pull n')"
check "a value is completed behind an equals sign" equals never "$(complete_line 'aictr run --pull=n')"
check "flags before the command are skipped" equals history "$(complete_line 'aictr --root /nowhere hist')"
check "a file is offered where one is meant" equals "$work/store" "$(complete_line "aictr --root $work/st")"
check "nothing is offered for what nobody knows" equals "" "$(complete_line 'aictr nosuch ')"
check "looking for names makes no store" equals "" "$(AICTR_ROOT=$work/none complete_line 'aictr history ')"
check "looking for names made no store" fails test -e "$work/none"

for shell in zsh fish; do
  if command -v "$shell" >/dev/null; then
    aictr completion "$shell" >"$work/script"
    check "$shell reads its script" "$shell" -n "$work/script"
  fi
done
