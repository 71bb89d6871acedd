#!/bin/busybox sh
# shellcheck shell=dash
# aictr-runtime on a host with every controller on cgroup v2: what a bundle asks for holds for the container, and nothing is
# left of it afterwards.

failures=0
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
  "process": {"args": ["/bin/sh", "-c", "$2"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
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
exit $((failures > 0))
