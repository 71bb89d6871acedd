#!/bin/bash
# Every test that docs/conformance.md names is there.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work

# Rows "| demand | FILE: SENTENCE |" of which the file does not have the sentence, in the project at DIRECTORY.
rows_without_test() {
  sed -n 's/^|.*| \([a-z_/]*\.[a-z]*\): \(.*\) |$/\1\t\2/p' "$1/docs/conformance.md" | while IFS=$'\t' read -r file sentence; do
    # A long sentence stands on two lines of a source.
    tr -s '\n ' ' ' 2>/dev/null <"$1/tests/$file" | sed 's/" "//g' | grep -qF "$sentence" || echo "$file: $sentence"
  done || true
}

run grep -c '^| .* | [a-z]*/.*: ' "$AICTR_SOURCE/docs/conformance.md"
check "the table has its rows" test "$output" -gt 45
check "each demand has its test" equals "" "$(rows_without_test "$AICTR_SOURCE")"
finds "a row without its test is found" rows_without_test docs/conformance.md '| x | root/runtime_exec_test.cpp: no such sentence |'
