#!/bin/busybox sh
# shellcheck shell=dash
# aictr-runtime on a host with every controller on cgroup v2: what a bundle asks for holds for the container, and nothing is
# left of it afterwards.

failures=0
label=
bundle=/tmp/bundle

check() { # SENTENCE COMMAND...
  sentence=$1
  shift
  if "$@"; then
    echo "ok: $sentence"
  else
    failures=$((failures + 1))
    echo "not ok: $sentence (exit $status, output: $output)"
  fi
}

# shellcheck disable=SC2317  # called by check
contains() { # NEEDLE TEXT
  case $2 in *"$1"*) ;; *) return 1 ;; esac
}

make_rootfs() {
  mkdir -p $bundle/rootfs/bin $bundle/rootfs/dev $bundle/rootfs/proc $bundle/rootfs/sys $bundle/rootfs/tmp
  cp /bin/busybox $bundle/rootfs/bin/
  chroot $bundle/rootfs /bin/busybox --install -s /bin
}

write_config() { # RESOURCES SHELL-COMMAND
  cat >$bundle/config.json <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {$label"args": ["/bin/sh", "-c", "$2"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
              "capabilities": {"bounding": ["CAP_MKNOD"], "effective": ["CAP_MKNOD"], "permitted": ["CAP_MKNOD"]}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
             {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "cgroup"}],
            "resources": {$1}}
}
JSON
}

run() { # RESOURCES SHELL-COMMAND: leaves $status and $output
  write_config "$@"
  status=0
  output=$(aictr-runtime run -b $bundle test 2>&1) || status=$?
}

limited='"memory": {"limit": 67108864, "swap": 67108864}'
take='dd if=/dev/zero of=/dev/null bs=200M count=1 2>/dev/null; echo done'

make_rootfs
run '' "$take"
check "a program takes 200 MiB where nothing limits it" contains "done" "$output"
run "$limited" "exec dd if=/dev/zero of=/dev/null bs=200M count=1"
check "with 64 MiB it is killed" test "$status" -eq 137
run "$limited" "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max /proc/self/cgroup"
check "the container sees its limits in a cgroup namespace" test "$output" = "67108864
0
0::/"
run '"pids": {"limit": 8}' 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 2 & done; wait'
check "forks beyond the limit fail" contains "fork" "$output"
run '"pids": {"limit": 32}' 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0 & done; wait; echo all'
check "forks within it do not" test "$output" = all
run '"cpu": {"quota": 20000, "period": 100000, "shares": 512, "cpus": "0"}' \
  'cd /sys/fs/cgroup; cat cpu.max cpu.weight cpuset.cpus.effective'
check "processor limits are set" test "$output" = "20000 100000
59
0"
disk=$(sed 's/:/ /' /sys/block/vda/dev)
major=${disk% *}
read_disk="mknod /tmp/disk b $disk; dd if=/tmp/disk of=/dev/null bs=1 count=1 2>/dev/null || echo refused; rm /tmp/disk"
deny='"devices": [{"allow": false, "access": "rwm"}'
run '' "$read_disk"
check "a container without device rules opens the disk" test -z "$output"
run "$deny]" "$read_disk; dd if=/dev/zero of=/dev/null bs=1 count=3 2>/dev/null && echo zero"
check "a device that no rule allows cannot be opened, the default ones can" test "$output" = "refused
zero"
run "$deny, {\"allow\": true, \"type\": \"b\", \"major\": $major, \"access\": \"r\"}]" "$read_disk"
check "one that is allowed can be opened" test -z "$output"
run '"unified": {"memory.high": "1000000", "cpu.max": "max"}' 'cat /sys/fs/cgroup/memory.high'
check "unified keys are written" test "$output" = 999424
run '"memory": {"swappiness": 10}' true
check "what v2 cannot do is refused by its JSON path" contains "/linux/resources/memory/swappiness" "$output"
check "no cgroup is left" test -z "$(find /sys/fs/cgroup/aictr -mindepth 1 -type d 2>/dev/null)"

write_config "$limited" 'sleep 100 & sleep 100 & sleep 100'
aictr-runtime create -b $bundle test </dev/null >/dev/null 2>&1
aictr-runtime start test
sleep 1
status=0
check "a detached container has its cgroup" test "$(wc -l </sys/fs/cgroup/aictr/test/cgroup.procs)" -ge 3
output=$(aictr-runtime delete --force test 2>&1) || status=$?
check "delete --force ends all of it" test "$status" -eq 0
check "and removes its cgroup" test ! -e /sys/fs/cgroup/aictr/test
do_runtime() { # COMMAND...: leaves $status and $output
  status=0
  output=$(aictr-runtime "$@" 2>&1) || status=$?
}

write_config "$limited" 'exec sleep 1000'
aictr-runtime create -b $bundle test </dev/null >/dev/null 2>&1
aictr-runtime start test
do_runtime exec test sh -c 'cat /proc/self/cgroup /sys/fs/cgroup/memory.max; exit 7'
check "a process that joins is in the container's cgroup" test "$output" = "0::/
67108864"
check "and its exit code is that of exec" test "$status" -eq 7
do_runtime exec test dd if=/dev/zero of=/dev/null bs=200M count=1
check "the limit is kept for it too" test "$status" -eq 137
do_runtime events --stats test
check "statistics tell the limit" contains '"usage":{"limit":67108864' "$output"
check "and the processes" contains '"pids":{"current":' "$output"
do_runtime update --memory 32m --memory-swap 32m --pids-limit 9 --cpu-quota 30000 --cpu-period 100000 test
check "update takes new limits" test "$status" -eq 0
do_runtime exec test sh -c 'cd /sys/fs/cgroup; cat memory.max pids.max cpu.max'
check "and they are set" test "$output" = "33554432
9
30000 100000"
do_runtime update --cpu-quota -1 test
do_runtime exec test cat /sys/fs/cgroup/cpu.max
check "a quota can be lifted" test "$output" = "max 100000"

# A limit that update sets, a freeze and a kill for memory, each with a program that would notice.
do_runtime update --memory 150m --memory-swap 150m test
do_runtime exec test dd if=/dev/zero of=/dev/null bs=100M count=1
check "within a limit that was raised a program ends well" test "$status" -eq 0
do_runtime update --memory 32m --memory-swap 32m test
aictr-runtime events --interval 1s test >/tmp/events &
watcher=$!
do_runtime exec test dd if=/dev/zero of=/dev/null bs=100M count=1
check "and is killed once it is lowered" test "$status" -eq 137
tries=0
until grep -q '"type":"oom","id":"test"' /tmp/events || [ $tries -ge 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
check "of which there is an event" grep -q '"type":"oom","id":"test"' /tmp/events
kill $watcher
aictr-runtime exec -d test sh -c 'until [ -e /enough ]; do echo >>/ticks; sleep 0.1; done' </dev/null >/dev/null 2>&1
ticks() { wc -l <$bundle/rootfs/ticks; }
while [ "$(ticks)" -lt 3 ]; do sleep 0.1; done
do_runtime pause test
before=$(ticks)
sleep 1
check "a paused program does nothing" test "$(ticks)" -eq "$before"
do_runtime exec test true
check "and no process can join it" contains "cannot exec in a paused container" "$output"
do_runtime resume test
tries=0
until [ "$(ticks)" -gt "$before" ] || [ $tries -ge 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
check "a resumed one goes on" test "$(ticks)" -gt "$before"
touch $bundle/rootfs/enough
until [ "$(wc -l </sys/fs/cgroup/aictr/test/cgroup.procs)" -eq 1 ]; do sleep 0.1; done
do_runtime pause test
check "pause freezes the container's cgroup" test "$(grep frozen /sys/fs/cgroup/aictr/test/cgroup.events)" = "frozen 1"
do_runtime state test
check "and its state is paused" contains '"paused"' "$output"
do_runtime resume test
check "resume thaws it" test "$(grep frozen /sys/fs/cgroup/aictr/test/cgroup.events)" = "frozen 0"
mkdir /sys/fs/cgroup/aictr/test/inner
cat /sys/fs/cgroup/aictr/test/cgroup.procs >/sys/fs/cgroup/aictr/test/inner/cgroup.procs
echo +pids >/sys/fs/cgroup/aictr/test/cgroup.subtree_control
do_runtime exec test grep inner /proc/self/cgroup
check "where the container's own cgroup takes none, exec joins its first process" contains inner "$output"
do_runtime delete --force test
check "a container with cgroups below its own is removed" test ! -e /sys/fs/cgroup/aictr/test

# Whose the cgroup is: the container's only where it sees it alone and can write to it.
delegation_config() { # OPTIONS NAMESPACES SHELL-COMMAND
  cat >$bundle/config.json <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {"args": ["/bin/sh", "-c", "$3"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
             {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": [$1]}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "user"}$2],
            "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
            "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
            "resources": {"pids": {"limit": 50}}}
}
JSON
  status=0
  output=$(aictr-runtime run -b $bundle delegated 2>&1) || status=$?
}
delegate='cd /sys/fs/cgroup; mkdir a b; echo 0 >a/cgroup.procs; echo +pids >cgroup.subtree_control; echo 3 >b/pids.max'
fork='sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait'
delegation_config '' ', {"type": "cgroup"}' "$delegate; cat b/pids.max; sh -c 'echo 0 >b/cgroup.procs; $fork' 2>&1"
check "a container manages cgroups below its own" contains "3" "$output"
check "and a limit that it sets there holds" contains "fork" "$output"
delegation_config '' ', {"type": "cgroup"}' "$delegate; sh -c 'echo 0 >b/cgroup.procs; sleep 0 & wait; echo all' 2>&1"
check "for what is inside it goes well" test "$output" = all
delegation_config '' ', {"type": "cgroup"}' 'echo max >/sys/fs/cgroup/pids.max; cat /sys/fs/cgroup/pids.max'
check "but its own limit is not its to lift" contains "50" "$output"
delegation_config '"ro"' ', {"type": "cgroup"}' 'stat -c %u /sys/fs/cgroup'
check "a cgroup that is mounted read-only stays the host's" test "$output" = 65534
delegation_config '' '' 'stat -c %u /sys/fs/cgroup'
check "and one that is seen from outside too" test "$output" = 65534

check "this kernel has AppArmor" grep -q Y /sys/module/apparmor/parameters/enabled
label='"apparmorProfile": "unconfined", '
run '' 'cat /proc/self/attr/apparmor/current'
check "a process without confinement can be asked for" test "$output" = unconfined
label='"apparmorProfile": "no-such-profile", '
run '' 'true'
check "a profile that is not loaded is refused" contains "AppArmor profile 'no-such-profile' is not loaded" "$output"
label='"selinuxLabel": "system_u:system_r:x_t:s0", '
run '' 'true'
check "a label of SELinux needs SELinux" contains "/process/selinuxLabel: selinux is disabled" "$output"
exit $((failures > 0))
