#!/bin/bash
# scripts/deps says what it would not do.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

run "$AICTR_SOURCE/scripts/deps" nonsense
check "an unknown group is refused" equals 1 "$status"
check "an unknown group is named, with those there are" \
  contains "unknown group 'nonsense'; there are build, demo, test, bench, fuzz, all" "$errors"

command -v dpkg-query >/dev/null || skip "needs a distribution with dpkg"
run "$AICTR_SOURCE/scripts/deps" build
check "with everything installed nothing is done" equals "deps: nothing is missing for build" "$output"
