#!/bin/bash
# containerd's runc shim with aictr-runtime in runc's place: what ctr(8) does with containers and their processes.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=peers.sh
. "$(dirname "$0")/peers.sh"
need_root
need containerd ctr runc

image=docker.io/library/busybox:test

start_containerd() {
  own_work
  containerd --config "$AICTR_SOURCE/tests/peers/containerd.toml" --root "$work/root" --state "$work/state" --address "$work/socket" \
    >"$work/log" 2>&1 &
  at_exit "remove_cgroups aictr-peers-$$"
  at_exit "stop_process $!"
  wait_until 30 ctr_here version || skip "containerd does not start here: $(tail -n 1 "$work/log")"
  busybox_archive "$work/busybox.tar" $image
  ctr_here image import --snapshotter native "$work/busybox.tar" >/dev/null
}

ctr_here() {
  ctr --address "$work/socket" "$@"
}

run_here() { # FLAGS ID COMMAND...: the image stands before the id, which the caller writes as the first word
  ctr_here run --snapshotter native --runc-binary "$runtime" --cgroup "/aictr-peers-$$/$1" "${@:2}"
}

short_runs() {
  local runtime=$1
  step run_here one --rm $image one sh -c 'echo out; id -u; pwd; exit 5'
  step run_here one --rm $image one no-such-program
  step run_here one --rm $image one /etc/passwd
  step run_here one --rm --user 1000:1001 --cwd /tmp --env A=b $image one sh -c 'id -u; id -g; pwd; echo $A'
  step run_here one --rm --read-only $image one touch /x
  step run_here one --rm --privileged $image one grep NoNew /proc/self/status
  step run_here one --rm --seccomp $image one grep Seccomp: /proc/self/status
  step run_here one --rm --memory-limit 20000000 $image one tail /dev/zero
  step run_here one --rm --mount "type=bind,src=$work/shared,dst=/shared,options=rbind:ro" $image one \
    sh -c 'cat /shared/file; touch /shared/new'
  step run_here one --rm $image one sh -c 'cut -d" " -f5 /proc/self/mountinfo | sort'
  step run_here one --rm $image one sh -c 'ls -l /dev | cut -c1-10; cat /proc/self/limits; env'
  step ctr_here containers list --quiet
}

life_of_one() {
  local runtime=$1
  step run_here one --detach --memory-limit 50000000 $image one sh -c 'trap "exit 9" TERM; while :; do sleep 0.1; done'
  step ctr_here tasks exec --exec-id a one sh -c 'echo inside; exit 4'
  step ctr_here tasks exec --exec-id b one no-such-program
  step ctr_here tasks exec --exec-id c --user 1000:7 --cwd /tmp one sh -c 'id -u; id -g; pwd'
  step ctr_here tasks pause one
  step status_of one
  step ctr_here tasks exec --exec-id d one true
  step ctr_here tasks resume one
  step status_of one
  step sh -c "ctr --address $work/socket tasks metrics one | grep -E 'limit|pids.current' | tr -s ' '"
  step processes_of one
  step ctr_here tasks kill --signal TERM one
  step wait_until 10 stopped one
  step ctr_here tasks delete one
  step ctr_here containers delete one
  step ctr_here containers list --quiet
}

status_of() {
  ctr_here tasks list | awk -v id="$1" '$1 == id { print $3 }'
}

processes_of() {
  ctr_here tasks ps "$1" | wc -l
}

stopped() {
  [ "$(status_of "$1")" = STOPPED ]
}

start_containerd
mkdir "$work/shared" && echo text >"$work/shared/file"
check_same_session containerd short_runs "$AICTR_BIN/aictr-runtime" "$(command -v runc)"
check_same_session containerd life_of_one "$AICTR_BIN/aictr-runtime" "$(command -v runc)"
