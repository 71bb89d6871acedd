#!/bin/bash
# scripts/bench measures everybody once, prints its rows, and leaves neither daemons nor cgroups behind.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need crun runc bwrap podman dockerd docker strace python3

left_behind() {
  find /sys/fs/cgroup -maxdepth 2 -name aictr-bench
  find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'aictr-bench.*'
}
before=$(left_behind) # by somebody else

run "$AICTR_SOURCE/scripts/bench" --rounds 1 oci run
check "the benchmark ends well" equals 0 "$status"
for peer in aictr-runtime crun runc bubblewrap aictr podman docker; do
  check "$peer was measured" matches "$peer .* ms .*" "$output"
done
for work in create start delete 'create, start and delete together' exec '100 runs'; do
  check "it says what $work costs" matches "$work.* rounds" "$output"
done
check "the steps of a run are shown" matches ".* us +init: exec" "$output"
check "of 100 containers at once none fails" contains "Failed: aictr-runtime 0 of 100" "$output"
check "nothing is left behind" equals "$before" "$(left_behind)"

need docker-registry
run env AICTR_BENCH_IMAGE_MB=20 "$AICTR_SOURCE/scripts/bench" --rounds 1 pull push
check "pull and push end well" equals 0 "$status"
check "everybody was measured" equals 5 "$(grep -cE '^(aictr|podman|docker) ' <<<"$output")"
check "nothing is left behind" equals "$before" "$(left_behind)"

run "$AICTR_SOURCE/scripts/bench" sideways
check "an unknown benchmark is refused with those there are" contains "there are oci, run, run-bridge, build, pull, pull-ten, pull-zstd, push" "$errors"
