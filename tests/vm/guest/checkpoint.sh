#!/bin/busybox sh
# shellcheck shell=dash
# aictr-runtime checkpoint and restore, with criu: a program goes on counting where it was.

export PATH=/bin:/usr/sbin
command -v criu >/dev/null || {
  echo "skip: needs criu"
  exit 77
}
failures=0
bundle=/tmp/checkpoint-bundle

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

runtime() { # WORDS...: leaves $status and $output
  status=0
  output=$(aictr-runtime "$@" 2>&1 </dev/null) || status=$?
}

# The container keeps the streams, and criu takes no file that the container does not know: null devices and a pipe.
start() { # COMMAND...
  rm -f /tmp/status
  {
    aictr-runtime "$@" </dev/null 2>&1 >/dev/null
    echo $? >/tmp/status
  } | cat >/tmp/errors &
  while [ ! -s /tmp/status ]; do sleep 0.1; done
  status=$(cat /tmp/status)
  output=$(cat /tmp/errors)
}

# shellcheck disable=SC2317  # called by check
contains() { # NEEDLE TEXT
  case $2 in *"$1"*) ;; *) return 1 ;; esac
}

count() {
  cat $bundle/rootfs/count
}

# shellcheck disable=SC2317  # called by check
counts_on_from() { # NUMBER
  sleep 2
  [ "$(count)" -gt "$1" ]
}

mkdir -p $bundle/rootfs/bin $bundle/rootfs/proc $bundle/rootfs/dev $bundle/rootfs/data $bundle/data
cp /bin/busybox $bundle/rootfs/bin/
chroot $bundle/rootfs /bin/busybox --install -s /bin
cat >$bundle/config.json <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {"args": ["/bin/sh", "-c", "n=0; while true; do n=\$((n + 1)); echo \$n >/count; sleep 0.2; done"],
              "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
             {"destination": "/data", "type": "bind", "source": "data", "options": ["rbind"]}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}],
            "maskedPaths": ["/proc/kcore", "/proc/acpi"],
            "resources": {"pids": {"limit": 20}}}
}
JSON
start run -d -b $bundle web
check "a container counts" test "$status" -eq 0
sleep 2
runtime checkpoint --image-path /tmp/running --leave-running web
check "it can be checkpointed" test "$status" -eq 0
[ "$status" -eq 0 ] || tail -60 /tmp/running/dump.log
check "and goes on" counts_on_from "$(count)"
runtime checkpoint --image-path /tmp/image --work-path /tmp/work web
check "it can be taken down" test "$status" -eq 0
runtime state web
check "and is gone" contains "does not exist" "$output"
check "with its cgroup" test ! -e /sys/fs/cgroup/aictr/web
before=$(count)
check "criu's log is where it was asked for" test -s /tmp/work/dump.log
start restore -d --image-path /tmp/image --work-path /tmp/work -b $bundle --pid-file /tmp/pid web
check "it can be restored" test "$status" -eq 0
[ "$status" -eq 0 ] || grep -E 'Error|Warn' /tmp/work/restore.log | tail -20
check "and counts on" counts_on_from "$before"
runtime state web
check "it is a container as before" contains '"running"' "$output"
check "of the process that was told" contains "\"pid\": $(cat /tmp/pid)" "$output"
check "its limits are set" test "$(cat /sys/fs/cgroup/aictr/web/pids.max)" = 20
check "and it is in its cgroup" grep -qx "$(cat /tmp/pid)" /sys/fs/cgroup/aictr/web/cgroup.procs
runtime exec web cat /proc/1/cmdline
check "a process can join it" contains "echo" "$output"
runtime delete --force web
check "it can be deleted" test "$status" -eq 0
check "without a trace" test ! -e /sys/fs/cgroup/aictr/web
# What a default container has, but for a network of its own, for which criu needs iptables.
sed -i '/"mounts"/,$d' $bundle/config.json
cat >>$bundle/config.json <<JSON
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
             {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]},
             {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue"},
             {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
             {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "cgroup"}],
            "maskedPaths": ["/proc/kcore", "/proc/acpi"], "readonlyPaths": ["/proc/sys"]}
}
JSON
rm -rf /tmp/image /tmp/pre
start run -d -b $bundle web
check "a default container counts" test "$status" -eq 0
sleep 1
runtime checkpoint --pre-dump --image-path /tmp/pre web
check "its memory can be written beforehand" test "$status" -eq 0
runtime checkpoint --parent-path ../pre --image-path /tmp/image web
check "and the rest afterwards" test "$status" -eq 0
[ "$status" -eq 0 ] || tail -40 /tmp/image/dump.log
before=$(count)
start restore -d --image-path /tmp/image -b $bundle web
check "both make a container again" test "$status" -eq 0
[ "$status" -eq 0 ] || grep -E 'Error|Warn' /tmp/image/restore.log | tail -20
check "that counts on" counts_on_from "$before"
runtime exec web cat /proc/1/cgroup
check "in a cgroup that it takes for the root" test "$output" = 0::/
runtime delete --force web

runtime restore -d --image-path /tmp/nowhere -b $bundle web
check "a restore without files is an error" test "$status" -eq 1
runtime state web
check "that leaves nothing" contains "does not exist" "$output"
exit $((failures > 0))
