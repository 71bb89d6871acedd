#!/bin/bash
# Every Dockerfile of tests/corpus comes out as with Docker's builder and buildah, but for the differences that are listed
# there with their reasons. peers/builders_test.sh asks these two again; here their kept verdicts count.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3 busybox setfattr setcap xz bzip2
own_work

run python3 "$AICTR_SOURCE/tests/corpus/compare_test.py"
check "the comparator finds what is planted" equals 0 "$status"
run python3 "$AICTR_SOURCE/tests/corpus/run.py" "$work"
grep -v '^ok: ' <<<"$output" || true
check "the corpus comes out as with the judges" equals 0 "$status"
