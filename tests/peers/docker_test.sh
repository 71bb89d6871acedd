#!/bin/bash
# Docker, with aictr-runtime as one of its runtimes: a day's commands give what they give with runc.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=peers.sh
. "$(dirname "$0")/peers.sh"
need_root
need docker dockerd runc

start_docker() {
  own_work
  sed -e "s|/usr/local/bin/aictr-runtime|$AICTR_BIN/aictr-runtime|" "$AICTR_SOURCE/tests/peers/docker.json" >"$work/daemon.json"
  dockerd --config-file "$work/daemon.json" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" \
    --host "unix://$work/docker.sock" --storage-driver vfs --cgroup-parent "/aictr-peers-$$" \
    --bridge none --iptables=false --ip-forward=false --ip-masq=false >"$work/log" 2>&1 &
  at_exit "remove_cgroups aictr-peers-$$"
  at_exit "stop_process $!"
  export DOCKER_HOST=unix://$work/docker.sock
  wait_until 30 docker version || skip "dockerd does not start here: $(tail -n 1 "$work/log")"
  busybox_archive "$work/busybox.tar" busybox:test
  docker load --quiet --input "$work/busybox.tar" >/dev/null
}

run_here() {
  docker run --network none --runtime "$runtime" "$@"
}

short_runs() {
  local runtime=$1
  step run_here --rm busybox:test sh -c 'echo out; id -u; pwd; exit 5'
  step run_here --rm busybox:test no-such-program
  step run_here --rm busybox:test /etc/passwd
  step run_here --rm busybox:test sh -c 'kill -TERM $$'
  step run_here --rm --user 1000:1001 --group-add 7 --workdir /tmp --env A=b busybox:test sh -c 'id; pwd; echo $A'
  step run_here --rm --hostname inside busybox:test hostname
  step run_here --rm --tty busybox:test sh -c 'tty; stty -a | grep onlcr'
  step run_here --rm --read-only --tmpfs /scratch busybox:test sh -c 'touch /x; touch /scratch/x && ls /scratch'
  step run_here --rm --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges busybox:test \
    grep -E 'Cap|NoNew|Seccomp:' /proc/self/status
  step run_here --rm --privileged busybox:test grep -E 'CapEff|Seccomp:' /proc/self/status
  step run_here --rm --security-opt seccomp=unconfined busybox:test grep Seccomp: /proc/self/status
  step run_here --rm busybox:test sh -c 'unshare -U true; mount -t tmpfs x /tmp; dmesg | head -n 1; ls /proc/kcore /proc/keys'
  step run_here --rm --volume "$work/shared:/shared:ro" busybox:test sh -c 'cat /shared/file; touch /shared/new'
  step run_here --rm --mount "type=bind,src=$work/shared,dst=/shared" busybox:test sh -c 'echo new >/shared/other; ls /shared'
  step run_here --rm --device /dev/zero:/dev/nothing busybox:test sh -c 'head -c 3 /dev/nothing | od -c; ls /dev'
  step run_here --rm --shm-size 3m busybox:test df -k /dev/shm
  step run_here --rm --ulimit nofile=100:200 busybox:test sh -c 'ulimit -n; ulimit -Hn'
  step run_here --rm --sysctl net.ipv4.ip_forward=1 busybox:test cat /proc/sys/net/ipv4/ip_forward
  step run_here --rm --pid host busybox:test sh -c 'test -d /proc/2 && echo host'
  step run_here --rm --ipc host --uts host busybox:test hostname
  step run_here --rm --oom-score-adj 321 busybox:test cat /proc/self/oom_score_adj
  step run_here --rm --memory 20m --memory-swap 20m busybox:test tail /dev/zero
  step run_here --rm --pids-limit 20 busybox:test sh -c 'for i in $(seq 40); do sleep 1 & done'
  step piped_in run_here --rm --interactive busybox:test cat
}

piped_in() {
  echo piped | "$@"
}

has_said() { # CONTAINER WORD
  docker logs "$1" 2>/dev/null | grep -q "$2"
}

life_of_one() {
  local runtime=$1
  run_here --detach --name one --memory 50m --pids-limit 50 --cpus 0.5 busybox:test \
    sh -c 'echo out; echo err >&2; trap "exit 9" TERM; while :; do sleep 0.1; done' >/dev/null
  wait_until 10 has_said one out
  step docker ps --format '{{.Names}} {{.Image}}'
  step docker exec one sh -c 'echo inside; exit 4'
  step docker exec one no-such-program
  step docker exec --user 1000 --workdir /tmp --env A=b one sh -c 'id; pwd; echo $A'
  step docker exec --tty one sh -c 'tty; stty -a | grep onlcr'
  step docker exec --privileged one grep CapEff /proc/self/status
  step piped_in docker exec --interactive one cat
  step docker exec --detach one sh -c 'echo later >/later'
  step wait_until 10 docker exec one grep later /later
  step docker logs one
  step docker cp one:/etc/passwd "$work/copied"
  step docker cp "$work/shared/file" one:/tmp/file
  step docker exec one cat /tmp/file
  step sh -c 'docker diff one | sort'
  step docker pause one
  step docker inspect --format '{{.State.Status}}' one
  step docker exec one true
  step docker unpause one
  step sh -c 'docker top one -o pid,args | grep -c trap'
  step sh -c 'docker stats --no-stream --format "{{.Name}} {{.MemUsage}}" one | sed "s/ .*iB \// used \//"'
  step docker update --memory 60m --memory-swap 100m one
  step docker exec one sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null'
  step docker rename one other
  step docker stop --time 5 other
  step docker inspect --format '{{.State.ExitCode}} {{.State.OOMKilled}}' other
  step docker start other
  step docker restart --time 0 other
  step docker kill --signal KILL other
  step docker wait other
  step docker rm other
  step docker ps --all --quiet
}

many_at_once() {
  local runtime=$1 started=() i code
  for i in 1 2 3 4 5 6; do
    run_here --rm busybox:test sh -c "exit $i" 2>/dev/null &
    started+=($!)
  done
  for i in "${started[@]}"; do
    code=0
    wait "$i" || code=$?
    echo "one ended with $code"
  done
  step run_here --rm busybox:test true
}

# The builder takes the default runtime, which dockerd reads anew.
build_and_run() {
  local runtime=$1
  sed -i "s|\"default-runtime\": .*|\"default-runtime\": \"$runtime\"|" "$work/daemon.json"
  kill -HUP "$(cat "$work/pid")"
  step wait_until 10 default_runtime_is "$runtime" | sed "s/$runtime/the runtime/"
  step docker build --no-cache --quiet --network none --tag "built-with-$runtime" "$work/context" | sed 's/sha256:.*/an image/; s/built-with.*/it/'
  step docker run --rm --network none "built-with-$runtime" sh -c 'cat /built /tmp/user; ls -ln /built' | sed 's/built-with-[a-z]*/it/; s/ [A-Z][a-z][a-z] .*//'
  step docker build --no-cache --network none --file "$work/context/Broken" "$work/context" | sed 's/ in [0-9a-f]*$//; s/---> [0-9a-f]*$//'
  step docker rmi "built-with-$runtime" | sed 's/built-with-[a-z]*/it/; s/sha256:.*/an image/'
}

default_runtime_is() {
  [ "$(docker info --format '{{.DefaultRuntime}}')" = "$1" ]
}

start_docker
mkdir "$work/shared" && echo text >"$work/shared/file"
check_same_session docker short_runs aictr runc
check_same_session docker life_of_one aictr runc
check_same_session docker many_at_once aictr runc

run docker info --format '{{.DefaultRuntime}}'
check "aictr is the default runtime" equals aictr "$output"
export DOCKER_BUILDKIT=0
mkdir "$work/context"
printf 'FROM busybox:test\nRUN echo built >/built && id -u >>/built\nUSER 1000\nRUN id -u >/tmp/user\n' >"$work/context/Dockerfile"
printf 'FROM busybox:test\nRUN echo before && exit 7\n' >"$work/context/Broken"
check_same_session "docker build" build_and_run aictr runc
check "what the steps wrote is in the image" contains $'built\n0\n1000' "$(cat "$work/with-aictr")"
