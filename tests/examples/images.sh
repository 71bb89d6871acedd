# shellcheck shell=bash
# shellcheck disable=SC2154  # $work, $status and $errors are tests/lib.sh's
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
  if aictr inspect "$1" >/dev/null 2>&1; then return; fi
  run "$AICTR_SOURCE/scripts/base-image" "$1"
  if [[ $errors == *"no mirror has"* ]]; then skip "needs a mirror of Debian"; fi
  check "the base image $1 can be made" equals 0 "$status"
}

# The numbers that follow the word "loss" in a text, one a line.
losses() {
  sed -n 's/.*loss \([0-9.]*\).*/\1/p' <<<"$1"
}

falls() { # NUMBERS, one a line: the last is less than half of the first
  awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(NR > 2 && last < first / 2) }' <<<"$1" ||
    { printf '  expected falling numbers, got:\n%s\n' "$1" && false; }
}
