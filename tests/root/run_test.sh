#!/bin/bash
# `aictr run` as a person meets it: exit codes, streams, environment, user, mounts, files, what is left behind.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox

in_box() { run aictr run --rm --network none "$@"; }

in_box busybox echo hello
check "the command's output is ours" equals hello "$output"
check "and nothing else is said" equals "" "$errors"
in_box busybox sh -c 'exit 42'
check "the command's exit code is ours" equals 42 "$status"
in_box --init busybox sh -c 'kill -TERM $$'
check "a signal makes 128+n" equals 143 "$status"
in_box busybox no-such-command
check "a command that is not there is 127" equals 127 "$status"
check "with a line that names it" contains "no-such-command" "$errors"
in_box busybox /etc
check "a command that cannot be executed is 126" equals 126 "$status"
in_box no-such-image true
check "an image that is not there is 125" equals 125 "$status"
check "with a line that names it" contains "no-such-image" "$errors"
in_box --no-such-flag busybox true
check "an unknown flag is 125" equals 125 "$status"
in_box -v /no/such/source:/mnt busybox true
check "a missing bind source is 125" equals 125 "$status"
check "and is not made" fails test -e /no/such/source
in_box busybox
check "an image without a command says so" contains "names no command" "$errors"

run sh -c 'echo from-us | aictr run --rm -i --network none busybox cat'
check "-i passes standard input" equals from-us "$output"
run sh -c 'echo from-us | aictr run --rm --network none busybox cat'
check "without -i there is none" equals "" "$output"
in_box busybox sh -c 'echo out; echo err >&2'
check "standard error stays apart" equals err "$errors"

in_box -e A=1 -e B busybox sh -c 'echo $A,${B-unset},$HOME,$HOSTNAME'
check "the environment" matches "1,unset,/root,[0-9a-f]{12}" "$output"
printf '# comment\nX=from file\n' >"$work/env"
in_box --env-file "$work/env" -e Y=2 busybox sh -c 'echo $X,$Y'
check "--env-file" equals "from file,2" "$output"
in_box -w /new/place busybox pwd
check "-w makes the directory" equals /new/place "$output"
in_box -u nobody busybox id -un
check "-u by name" equals nobody "$output"
in_box -u 1234:56 busybox sh -c 'id -u; id -g'
check "-u by number" equals $'1234\n56' "$output"
in_box -u eve busybox true
check "an unknown user is an error of ours" equals 125 "$status"
in_box --group-add 44 busybox grep Groups /proc/self/status
check "--group-add" matches $'Groups:\t0 44 ?' "$output"
in_box -u 1234:56 busybox grep Groups /proc/self/status
check "a user's own group is among the supplementary ones" matches $'Groups:\t56 ?' "$output"
in_box -h box busybox sh -c 'hostname; cat /etc/hostname'
check "--hostname" equals $'box\nbox' "$output"
in_box --entrypoint echo busybox a b
check "--entrypoint" equals "a b" "$output"

mkdir "$work/data"
echo given >"$work/data/file"
in_box -v "$work/data:/data" busybox sh -c 'cat /data/file; echo back >/data/answer'
check "-v shows a directory" equals given "$output"
check "and takes what is written" equals back "$(cat "$work/data/answer")"
in_box -v "$work/data:/data:ro" busybox sh -c 'echo x >/data/file'
check "ro is read-only" contains "Read-only" "$errors"
in_box --mount "type=bind,src=$work/data,dst=/data,readonly" busybox cat /data/file
check "--mount type=bind" equals given "$output"
in_box --tmpfs /scratch:size=64k busybox sh -c 'head -c 1000000 /dev/zero >/scratch/x; echo $?'
check "--tmpfs has its size" contains 1 "$output"
in_box --read-only busybox sh -c 'touch /x'
check "--read-only" contains "Read-only" "$errors"
in_box --read-only --tmpfs /tmp busybox touch /tmp/x
check "with room in a tmpfs" equals 0 "$status"
in_box busybox sh -c 'df -k /dev/shm | tail -1 | awk "{print \$2}"'
half=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 2)) # the kernel counts a little differently
check "/dev/shm has half of the memory" test "$output" -gt $((half * 95 / 100)) -a "$output" -lt $((half * 105 / 100))
in_box --memory 64m busybox sh -c 'df -k /dev/shm | tail -1 | awk "{print \$2}"'
check "or half of --memory" equals 32768 "$output"
in_box --shm-size 1m busybox sh -c 'df -k /dev/shm | tail -1 | awk "{print \$2}"'
check "or --shm-size" equals 1024 "$output"

in_box --init busybox sh -c 'cat /proc/1/comm; exit 7'
check "--init puts an init first" contains init "$output"
check "and passes the exit code on" equals 7 "$status"
in_box busybox sh -c 'ls /proc | grep -c "^[0-9]"'
check "other processes are not seen" at_most 5 "$output"
in_box busybox sh -c 'ip link | grep -c "^[0-9]"'
check "--network none has the loopback alone" equals 1 "$output"
in_box busybox sh -c 'nc -l -p 9999 >/tmp/heard & sleep 0.5; echo itself | nc 127.0.0.1 9999; wait; cat /tmp/heard'
check "on which it reaches itself" equals itself "$output"
run aictr run --rm --network host busybox sh -c 'ls /sys/class/net'
check "--network host has the host's" equals "$(ls /sys/class/net)" "$output"

in_box busybox grep CapEff /proc/self/status
check "fourteen capabilities" contains 00000000a80425fb "$output"
in_box --cap-drop ALL busybox grep CapEff /proc/self/status
check "--cap-drop ALL" contains 0000000000000000 "$output"
in_box -u 1 busybox grep CapEff /proc/self/status
check "none for an ordinary user" contains 0000000000000000 "$output"
in_box busybox mount -t tmpfs none /tmp
check "mount is not allowed" fails equals 0 "$status"
in_box --cap-add SYS_ADMIN busybox sh -c 'mount -t tmpfs none /tmp && echo mounted'
check "with CAP_SYS_ADMIN it is" equals mounted "$output"
in_box busybox grep -E 'Seccomp:|NoNewPrivs' /proc/self/status
check "a seccomp filter is there" contains $'Seccomp:\t2' "$output"
in_box --security-opt seccomp=unconfined --security-opt no-new-privileges busybox grep -E 'Seccomp:|NoNewPrivs' /proc/self/status
check "unless unconfined" contains $'Seccomp:\t0' "$output"
check "no_new_privs when asked for" contains $'NoNewPrivs:\t1' "$output"
in_box --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'
check "--ulimit" equals $'100\n200' "$output"
in_box --sysctl net.ipv4.ip_forward=1 busybox cat /proc/sys/net/ipv4/ip_forward
check "--sysctl" equals 1 "$output"
in_box --device /dev/null:/dev/nothing busybox sh -c 'echo x >/dev/nothing && echo written'
check "--device" equals written "$output"
in_box --privileged busybox sh -c 'mount -t tmpfs none /tmp && echo free'
check "--privileged" equals free "$output"

run aictr run --name kept --label a=b --cidfile "$work/cid" --network none busybox sh -c 'exit 3'
check "a container without --rm stays" contains kept "$(aictr ps -a)"
check "with its exit code" contains "Exited (3)" "$(aictr ps -a)"
check "--cidfile holds its id" contains "$(cut -c1-12 "$work/cid")" "$(aictr ps -a)"
run aictr run --rm --name kept --network none busybox true
check "a name is taken once" contains "'kept' is taken" "$errors"
run aictr run --rm --cidfile "$work/cid" --network none busybox true
check "a cidfile is not overwritten" equals 125 "$status"
run aictr rm kept
check "rm takes it away" equals kept "$output"
check "wholly" equals "" "$(ls "$AICTR_ROOT/containers/names")"

aictr run --rm --name long --network none busybox sh -c 'trap "exit 9" TERM; sleep 100 & wait' &
client=$!
for _ in $(seq 100); do aictr ps -q | grep -q . && break; sleep 0.1; done
check "a running container is listed" contains long "$(aictr ps)"
run aictr rm long
check "and not removed without force" equals 1 "$status"
sleep 0.3
kill -TERM $client
wait $client && status=0 || status=$?
check "a signal to us goes to the command" equals 9 "$status"

aictr run --name orphan --network none busybox sleep 100 &
client=$!
for _ in $(seq 100); do aictr ps -q | grep -q . && break; sleep 0.1; done
kill -KILL $client
wait $client || true
check "killing us leaves the container to its monitor" contains orphan "$(aictr ps)"
kill -KILL "$(ps -o ppid= -p "$(aictr inspect --format '{{.State.Pid}}' orphan)" | xargs)"
for _ in $(seq 50); do [ -z "$(aictr ps -q)" ] && break; sleep 0.1; done
check "killing the monitor kills the container" equals "" "$(aictr ps -q)"
check "ps tells that it is dead" contains orphan "$(aictr ps -a)"
run aictr rm orphan
check "and rm clears it" equals 0 "$status"

check "no container is left" equals "" "$(aictr ps -aq)"
check "no state is left" equals "" "$(find "$AICTR_RUNROOT/containers" -mindepth 1 -maxdepth 1 -type d)"
check "no directory is left" equals $'claims\nnames' "$(ls "$AICTR_ROOT/containers")"
