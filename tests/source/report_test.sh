#!/bin/bash
# tests/report.py counts cases, not programs, and never turns a failure into a pass.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work
need python3

# report STATUS OUTPUT: the report of one ctest test that printed OUTPUT.
report() {
  local skipped=
  if [ "$1" = notrun ]; then skipped='<skipped message="SKIP_RETURN_CODE=77"/>'; fi
  printf '<testsuite><testcase name="root/x" status="%s">%s<system-out>%s</system-out></testcase></testsuite>' \
    "$1" "$skipped" "$2" >"$work/x.xml"
  run "$AICTR_SOURCE/tests/report.py" "release=$work/x.xml"
}

report run '[doctest] test cases:  4 |  4 passed | 0 failed | 0 skipped'
check "doctest cases are counted" matches "4 passed, 0 failed, 0 skipped" "$output"
check "a report without failures ends well" equals 0 "$status"

report fail '[doctest] test cases:  4 |  3 passed | 1 failed | 0 skipped'
check "a failed doctest case is counted" matches "3 passed, 1 failed, 0 skipped" "$output"
check "a report with a failure ends badly" equals 1 "$status"
check "the failed test is named" matches "failed: release root/x" "$output"

report run 'skip: needs a GPU
[doctest] test cases:  4 |  4 passed | 0 failed | 0 skipped'
check "a case that skipped itself did not pass" matches "3 passed, 0 failed, 1 skipped" "$output"
check "the reason is given" matches "skipped: release root/x: needs a GPU" "$output"

report run 'ok: one
ok: two'
check "checks of a shell test are counted" matches "2 passed, 0 failed, 0 skipped" "$output"

report fail 'ok: one'
check "a test that died counts as failed" matches "1 passed, 1 failed, 0 skipped" "$output"

report notrun 'skip: needs root'
check "a skipped test is counted once" matches "0 passed, 0 failed, 1 skipped" "$output"
check "nothing run is no success" equals 1 "$status"

report run "$(printf 'ok: \033[1mcolours\001')"
check "control characters in the output do no harm" matches "1 passed, 0 failed, 0 skipped" "$output"
