#!/bin/bash
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

run aictr
check "aictr alone succeeds" equals 0 "$status"
check "aictr alone shows an example of run" contains "aictr run " "$output"
check "aictr alone is short" at_most 30 "$(wc -l <<<"$output")"
check "aictr alone complains of nothing" equals "" "$errors"

run aictr --help
check "--help lists run" matches "  run +.*" "$output"
check "--help lists the flags before a command" contains "--root DIR" "$output"
check "--help hides what is not for people" lacks "__" "$output"

run aictr run --help
by_flag=$output
check "a command's --help succeeds" equals 0 "$status"
check "a command's --help shows how it is called" contains "Usage:  aictr run [FLAGS] IMAGE" "$output"
check "a command's --help shows its flags" matches "  -q, --quiet +.*" "$output"
run aictr help run
check "help COMMAND is the command's --help" equals "$by_flag" "$output"

run aictr help run
check "help fits in 80 columns" fails grep -qE '^.{81}' <<<"$output"

for words in --version -v; do
  run aictr "$words"
  check "aictr $words prints the version" matches 'aictr version [0-9.]+' "$output"
done

run aictr version --format json
check "version prints JSON" matches '\{"Client":\{"Version":"[0-9.]+",.*\}\}' "$output"
run aictr version --format '{{.Client.Os}}'
check "version takes a template" equals linux "$output"

own_work
run aictr __man "$work/man"
check "there is a man page of every visible command" \
  equals "$(aictr __complete -- "" | wc -l)" "$(find "$work/man" -name 'aictr-*.1' | wc -l)"
if command -v man >/dev/null; then
  for page in "$work"/man/*.1; do
    check "$(basename "$page") is a man page without faults" equals "" "$(man --warnings -l "$page" 2>&1 >/dev/null)"
  done
fi
