#!/bin/bash
# Podman with --runtime aictr-runtime: a day's commands give what they give with runc. (crun, Podman's own choice, does
# not run on a host that has cgroups of both versions.)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=peers.sh
. "$(dirname "$0")/peers.sh"
need_root
need podman conmon runc

start_podman() {
  own_work
  sed -e "s|/usr/local/bin/aictr-runtime|$AICTR_BIN/aictr-runtime|" "$AICTR_SOURCE/tests/peers/containers.conf" \
    >"$work/containers.conf"
  printf 'runc = ["%s"]\n' "$(command -v runc)" >>"$work/containers.conf"
  export CONTAINERS_CONF=$work/containers.conf
  at_exit "remove_cgroups aictr-peers-$$"
  at_exit "podman_here rm --all --force >/dev/null"
  busybox_archive "$work/busybox.tar" localhost/busybox:test
  podman_here load --quiet --input "$work/busybox.tar" >/dev/null || skip "podman does not work here"
}

# This machine's root may not raise limits, and Podman asks for more than it has.
limits="--ulimit nofile=1024:1024 --ulimit nproc=1000:1000"

podman_here() {
  podman --root "$work/root" --runroot "$work/run" --tmpdir "$work/tmp" --storage-driver vfs --cgroup-manager cgroupfs "$@"
}

run_here() {
  # shellcheck disable=SC2086 # limits are words
  podman_here --runtime "$runtime" run --rm --network none $limits --cgroup-parent "/aictr-peers-$$" "$@"
}

short_runs() {
  local runtime=$1 image=localhost/busybox:test
  step run_here $image sh -c 'echo out; id -u; pwd; exit 5'
  step run_here $image no-such-program
  step run_here $image /etc/passwd
  step run_here --user 1000:1001 --group-add 7 --workdir /tmp --env A=b $image sh -c 'id; pwd; echo $A'
  step run_here --hostname inside $image hostname
  step run_here --tty $image sh -c 'tty; stty -a | grep onlcr'
  step run_here --read-only $image sh -c 'touch /x; touch /tmp/x && ls /tmp'
  step run_here --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges $image \
    grep -E 'Cap|NoNew|Seccomp:' /proc/self/status
  step run_here --privileged $image grep Seccomp: /proc/self/status
  step run_here --volume "$work/shared:/shared:ro" $image sh -c 'cat /shared/file; touch /shared/new'
  step run_here --tmpfs /scratch:size=3m $image df -k /scratch
  step run_here --device /dev/zero:/dev/nothing $image sh -c 'head -c 3 /dev/nothing | od -c; ls /dev'
  step run_here --pid host $image sh -c 'test -d /proc/2 && echo host'
  step run_here --ipc host --uts host $image hostname
  step run_here --uidmap 0:100000:65536 $image sh -c 'cat /proc/self/uid_map; touch /made; stat -c %u /made'
  step run_here --memory 20m --memory-swap 20m $image tail /dev/zero
  step run_here --pids-limit 20 $image sh -c 'for i in $(seq 40); do sleep 1 & done'
  step piped $image
}

piped() {
  echo piped | run_here --interactive "$1" cat
}

has_said() { # CONTAINER WORD
  podman_here logs "$1" 2>/dev/null | grep -q "$2"
}

behind_user_namespace() {
  local runtime=$1
  run_here --detach --rm=false --name mapped --uidmap 0:100000:65536 localhost/busybox:test \
    sh -c 'echo up; while :; do sleep 0.1; done' >/dev/null
  wait_until 10 has_said mapped up
  step podman_here exec mapped sh -c 'cat /proc/self/uid_map; id -u; touch /made && stat -c %u /made'
  step podman_here exec --user 7:8 mapped id
  step podman_here exec --tty mapped tty
  # Podman with runc at times fails to remove it at the first go; that is not what is compared.
  podman_here rm --force --time 0 mapped >/dev/null 2>&1 || podman_here rm --force mapped >/dev/null
  step podman_here ps --all --quiet
}

life_of_one() {
  local runtime=$1
  run_here --detach --rm=false --name one --cgroup-parent "/aictr-peers-$$" localhost/busybox:test sh -c \
    'echo out; echo err >&2; trap "exit 9" TERM; while :; do sleep 0.1; done' >/dev/null
  wait_until 10 has_said one out
  step podman_here ps --format '{{.Names}} {{.Image}}'
  step podman_here exec one sh -c 'echo inside; exit 4'
  step podman_here exec one no-such-program
  step podman_here exec --user 1000 --workdir /tmp --env A=b one sh -c 'id; pwd; echo $A'
  step podman_here exec --tty one sh -c 'tty; stty -a | grep onlcr'
  step podman_here exec --privileged one grep NoNew /proc/self/status
  step podman_here logs one
  step podman_here cp one:/etc/passwd "$work/copied"
  step podman_here pause one
  step podman_here inspect --format '{{.State.Status}}' one
  step podman_here unpause one
  step podman_here top one args
  step podman_here stats --no-stream --format '{{.Name}}' one
  step podman_here stop --time 5 one
  step podman_here inspect --format '{{.State.ExitCode}}' one
  step podman_here start one
  step podman_here restart --time 0 one
  step podman_here kill --signal KILL one
  step podman_here wait one
  step podman_here rm one
  step podman_here ps --all --quiet
}

start_podman
mkdir "$work/shared" && echo text >"$work/shared/file"
check_same_session podman short_runs aictr runc
check_same_session podman life_of_one aictr runc
check_same_session podman behind_user_namespace aictr runc

run podman_here info --format '{{.Host.OCIRuntime.Path}}'
check "aictr is the default runtime" equals "$AICTR_BIN/aictr-runtime" "$output"
