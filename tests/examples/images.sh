# shellcheck shell=bash
# shellcheck disable=SC2154  # $work is made by own_work of tests/lib.sh
# What the tests of the examples share.

# A store that outlives the test, so that base images and packages are fetched once a clone.
shared_store() {
  own_work
  export AICTR_ROOT AICTR_RUNROOT=$work/run
  AICTR_ROOT=$(dirname "$(dirname "$AICTR_BIN")")/test-store
  mkdir -p "$AICTR_ROOT" "$AICTR_RUNROOT"
}

# base_image NAME: makes it unless the store has it.
base_image() {
  aictr inspect "$1" >/dev/null 2>&1 || "$AICTR_SOURCE/scripts/base-image" "$1" >"$work/base-image.log" 2>&1 ||
    { cat "$work/base-image.log" && return 1; }
}

# The numbers that follow the word "loss" in a text, one a line.
losses() {
  sed -n 's/.*loss \([0-9.]*\).*/\1/p' <<<"$1"
}

falls() { # NUMBERS, one a line: the last is less than half of the first
  awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(NR > 2 && last < first / 2) }' <<<"$1" ||
    { printf '  expected falling numbers, got:\n%s\n' "$1" && false; }
}
