#!/bin/busybox sh
# shellcheck shell=dash
# aictr-runtime --systemd-cgroup with systemd and every controller on cgroup v2: limits are in the unit and in the cgroup, and
# stay there when systemd goes over its units again.

[ -x /lib/systemd/systemd ] || {
  echo "skip: needs systemd"
  exit 77
}
failures=0
bundle=/tmp/systemd-bundle
scope=/sys/fs/cgroup/kubepods.slice/kubepods-pod1.slice/cri-web.scope

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

boot() {
  mkdir -p /tmp/units /tmp/machine
  printf '[Unit]\nDefaultDependencies=no\n' >/tmp/units/test.target
  cat >/tmp/machine/boot <<SCRIPT
#!/bin/busybox sh
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
export container=aictr SYSTEMD_UNIT_PATH=/run/systemd/transient:/tmp/units
exec /lib/systemd/systemd --system --unit=test.target --log-target=console --show-status=0 --log-level=warning
SCRIPT
  chmod +x /tmp/machine/boot
  unshare -m -p -f /tmp/machine/boot </dev/null >/tmp/machine/log 2>&1 &
  waited=0
  until machine=$(pidof systemd) && [ -S "/proc/$machine/root/run/systemd/private" ]; do
    sleep 0.2
    waited=$((waited + 1))
    [ $waited -lt 100 ] || {
      cat /tmp/machine/log
      exit 1
    }
  done
}

inside() { # COMMAND...: leaves $status and $output
  status=0
  output=$(nsenter -t "$machine" -m -p "$@" 2>&1) || status=$?
}

runtime() { # WORDS...
  inside aictr-runtime --root /run/aictr --systemd-cgroup "$@"
}

# The container keeps the streams, so they are a file.
start() {
  status=0
  nsenter -t "$machine" -m -p aictr-runtime --root /run/aictr --systemd-cgroup run -d -b $bundle web \
    </dev/null >/tmp/machine/output 2>&1 || status=$?
  output=$(cat /tmp/machine/output)
}

property() { # NAME
  nsenter -t "$machine" -m -p systemctl show --value -p "$1" cri-web.scope
}

values() { # FILE...
  (cd $scope && cat "$@" | tr '\n' ' ')
}

# shellcheck disable=SC2317  # called by check
is() { # EXPECTED
  [ "$output" = "$1" ]
}

boot
mkdir -p $bundle/rootfs/bin $bundle/rootfs/proc $bundle/rootfs/dev
cp /bin/busybox $bundle/rootfs/bin/
chroot $bundle/rootfs /bin/busybox --install -s /bin
cat >$bundle/config.json <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {"args": ["/bin/sleep", "1000"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "cgroup"}],
            "cgroupsPath": "kubepods-pod1.slice:cri:web",
            "resources": {"memory": {"limit": 67108864, "swap": 100663296, "reservation": 33554432},
                          "pids": {"limit": 32}, "cpu": {"quota": 25500, "period": 100000, "shares": 512, "cpus": "0"},
                          "unified": {"memory.high": "50331648"}}}
}
JSON
start
check "a container is started" test "$status" -eq 0
files='memory.max memory.high memory.low memory.swap.max pids.max cpu.max cpu.weight cpuset.cpus'
limits='67108864 50331648 33554432 33554432 32 25500 100000 59 0 '
# shellcheck disable=SC2086
output=$(values $files)
check "its limits are in the files of its cgroup" is "$limits"
output=$(property MemoryMax)
check "systemd knows the limit of memory" is 67108864
output=$(property CPUQuotaPerSecUSec)
check "and that of processor time, in whole hundredths" is 260ms
output=$(property AllowedCPUs)
check "and the processors" is 0
inside systemctl daemon-reload
check "systemd can be reloaded" test "$status" -eq 0
output=$(values memory.max memory.high memory.low memory.swap.max pids.max cpu.weight cpuset.cpus)
check "its limits are the same afterwards" is '67108864 50331648 33554432 33554432 32 59 0 '
runtime exec web dd if=/dev/zero of=/dev/null bs=200M count=1
check "a process that joins and takes more is killed" test "$status" -eq 137
runtime update --memory 48m --memory-swap 48m --pids-limit 9 --cpu-share 1024 web
check "limits can be changed" test "$status" -eq 0
inside systemctl daemon-reload
output=$(values memory.max memory.swap.max pids.max cpu.weight)
check "and stay changed" is '50331648 0 9 100 '
runtime delete --force web
check "it is deleted" test "$status" -eq 0
check "with its cgroup" test ! -e $scope
inside systemctl is-active cri-web.scope
check "and its unit" is inactive

sed -i 's/"unified": {[^}]*}/"blockIO": {"weight": 200}/' $bundle/config.json
start
output=$(property IOWeight)
check "systemd knows the weight of block devices" is 1920
runtime delete --force web
kill -9 "$machine"
sleep 0.2
find /sys/fs/cgroup -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
exit $((failures > 0))
