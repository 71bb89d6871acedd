#!/bin/bash
# tests/lib.sh itself: a test that fails, skips or leaves something behind says so.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work

# Runs a test made of the given lines.
run_test() {
  printf '%s\n' "#!/bin/bash" ". '$AICTR_SOURCE/tests/lib.sh'" "$@" >"$work/test.sh"
  run bash "$work/test.sh"
}

run_test 'check "one is one" equals 1 1'
check "a test whose checks hold passes" equals 0 "$status"
check "a check that holds prints its sentence" contains "ok: one is one" "$output"

run_test 'check "one is two" equals 1 2' 'check "later checks run" true'
check "a test with a failed check fails" equals 1 "$status"
check "a failed check prints what it got" contains "got: 2" "$output"
check "a failed check does not end the test" contains "ok: later checks run" "$output"

run_test 'false' 'echo reached'
check "a failed command ends the test" lacks reached "$output"
check "a failed command fails the test" equals 1 "$status"

run_test 'run sh -c "echo out; echo err >&2; exit 5"' 'check "all" equals "5 out err" "$status $output $errors"'
check "run keeps exit code, output and errors" equals 0 "$status"

run_test 'skip "needs a pony"'
check "a skipped test exits with 77" equals 77 "$status"
check "a skipped test gives its reason" contains "skip: needs a pony" "$output"

run_test 'own_work' 'at_exit "echo first"' 'at_exit "echo second"' 'echo "$work" >'"$work/path"
check "what was asked for last is undone first" contains "second
first" "$output"
check "the scratch directory goes away" test ! -e "$(cat "$work/path")"

if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
  # shellcheck disable=SC2016  # expanded by the inner test
  run_test 'own_work' 'mkdir "$work/left"' 'mount -t tmpfs none "$work/left"'
  check "a mount left behind fails the test" equals 1 "$status"
  check "a mount left behind is named" contains "/left" "$output"
fi
