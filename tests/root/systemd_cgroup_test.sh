#!/bin/bash
# aictr-runtime --systemd-cgroup with a systemd that is started for the test, as the first process of namespaces of its own:
# over a message bus and over systemd's own socket. What needs controllers is tested in the virtual machine
# (tests/vm/guest/systemd.sh).
. "$(dirname "$0")/../lib.sh"
need_root
need nsenter unshare systemctl dbus-daemon
systemd=/lib/systemd/systemd
[ -x $systemd ] || skip "needs the program $systemd"
hierarchy=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
[ -n "$hierarchy" ] || skip "needs cgroup v2"
own_work

top=$hierarchy/aictr-test-systemd.$$
mkdir "$top" 2>/dev/null || skip "needs a writable $hierarchy"
at_exit "find '$top' -depth -type d -exec rmdir {} + 2>/dev/null || echo 'not ok: cgroups were left'"

write_units() { # DIRECTORY
  printf '[Unit]\nDefaultDependencies=no\nWants=dbus.socket\n' >"$1/test.target"
  printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n' >"$1/dbus.socket"
  printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=notify\nExecStart=%s %s\n' "$(command -v dbus-daemon)" \
    "--system --address=systemd: --nofork --nopidfile --systemd-activation" >"$1/dbus.service"
}

boot() {
  cat >"$work/boot" <<SCRIPT
#!/bin/bash
set -e
mount --make-rprivate /
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
export container=aictr SYSTEMD_UNIT_PATH=/run/systemd/transient:$work/units
exec -a /sbin/init $systemd --unit=test.target --log-target=console --show-status=0 --log-level=warning
SCRIPT
  chmod +x "$work/boot"
  mkdir "$work/units"
  write_units "$work/units"
  (
    echo "$BASHPID" >"$top/cgroup.procs"
    exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc "$work/boot"
  ) >"$work/systemd.log" 2>&1 </dev/null &
  booted=$!
  at_exit "kill -9 $booted; wait $booted 2>/dev/null; sleep 0.1"
  local waited=0
  until init=$(pgrep -P $booted) && inside systemctl is-active test.target >/dev/null 2>&1; do
    sleep 0.1
    waited=$((waited + 1))
    if [ $waited -gt 100 ]; then skip "needs a systemd that starts in namespaces: $(tail -1 "$work/systemd.log")"; fi
  done
}

inside() { # COMMAND...
  nsenter -t "$init" --mount --pid --cgroup --wd="$work" "$@"
}

runtime() { # WORDS...
  inside ${bus:+env "DBUS_SYSTEM_BUS_ADDRESS=$bus"} aictr-runtime --root /run/aictr --systemd-cgroup "$@"
}

write_config() { # CGROUPS-PATH SHELL-COMMAND [MORE-OF-LINUX] [ANNOTATIONS]
  cat >"$work/bundle/config.json" <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {"args": ["/bin/sh", "-c", "$2"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
              "capabilities": {"bounding": ["CAP_MKNOD"], "effective": ["CAP_MKNOD"], "permitted": ["CAP_MKNOD"]}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
             {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}], "cgroupsPath": "$1" ${3:+, $3}},
  "annotations": {${4:-}}
}
JSON
}

units() {
  inside systemctl list-units --all --plain --no-legend 'aictr*' 'web*' | awk '{ print $1 }'
}

of_unit() { # PROPERTY
  inside systemctl show --value -p "$1" aictr-web.scope
}

# The container's process keeps the streams, so they are files.
create() { # ID
  status=0
  runtime create -b "$work/bundle" "$1" </dev/null >"$work/output" 2>"$work/errors" || status=$?
  errors=$(cat "$work/errors")
}

boot
mkdir "$work/bundle"
busybox_rootfs "$work/bundle/rootfs"
scope=machine.slice/machine-qemu.slice/aictr-web.scope

for bus in unix:path=/run/dbus/system_bus_socket unix:path=/nonexistent; do
  [ $bus = unix:path=/nonexistent ] && way="over systemd's own socket" || way="over the bus"
  write_config machine-qemu.slice:aictr:web 'exec sleep 1000' '' '"org.systemd.property.TimeoutStopSec": "1.5"'
  create web
  run runtime start web
  check "a container is created and started $way" equals 0 "$status"
  check "its process alone is in the scope's cgroup" \
    equals "$(runtime ps --format json web | tr -d '[]\n')" "$(inside cat "/sys/fs/cgroup/$scope/cgroup.procs")"
  check "the scope is in its slice" equals machine-qemu.slice "$(of_unit Slice)"
  check "it is delegated" equals yes "$(of_unit Delegate)"
  check "it is named after the container" equals "aictr container web" "$(of_unit Description)"
  check "an annotation sets a property" equals 1.500000s "$(of_unit TimeoutStopUSec)"
  run runtime exec web sh -c 'cat /proc/self/cgroup'
  check "a process that joins is in the scope" contains "$scope" "$output"
  create other
  check "a scope that is in use is not taken" contains "aictr-web.scope" "$errors"
  check "and stays as it is" equals active "$(of_unit ActiveState)"
  run runtime pause web
  check "a paused container is frozen" contains '"paused"' "$(runtime state web)"
  run runtime resume web
  run runtime delete --force web
  check "it is deleted" equals 0 "$status"
  check "and the scope with it" equals "" "$(units)"
  check "and its cgroup" fails inside test -e "/sys/fs/cgroup/$scope"
done
bus=

write_config "" 'cat /proc/self/cgroup'
run runtime run -b "$work/bundle" web
check "the default scope is below system.slice" contains /system.slice/aictr-web.scope "$output"
check "one whose process has ended is gone" equals "" "$(units)"

deny='"resources": {"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "access": "r"}]}'
write_config :aictr:web 'mknod /m c 1 1; read x </start; head -c 1 /m; head -c 3 /dev/zero | wc -c' "$deny"
rm -f "$work/bundle/rootfs/start"
mkfifo "$work/bundle/rootfs/start"
runtime run -b "$work/bundle" web >"$work/output" 2>&1 &
container=$!
until [ -n "$(units)" ]; do sleep 0.05; done
check "systemd is told which devices are allowed" equals strict "$(of_unit DevicePolicy)"
check "by the names of their drivers" contains "char-misc r" "$(of_unit DeviceAllow)"
inside systemctl daemon-reload
timeout 10 sh -c "echo >'$work/bundle/rootfs/start'"
wait $container || true
check "what no rule allows is still refused after a reload" contains "Operation not permitted" "$(cat "$work/output")"
check "and what every container has is still there" matches 3 "$(cat "$work/output")"

write_config :aictr:web 'exec sleep 1000' '"maskedPaths": ["/bin/sh/x"], "sysctl": {"kernel.shmmax": "1"}'
create web
check "a creation that fails leaves no scope" equals "1 " "$status $(units)"

write_config :aictr:web 'exec sleep 1000'
hooks='"hooks": {"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "100"]}]},'
sed -i "s|\"root\"|$hooks \"root\"|" "$work/bundle/config.json"
runtime create -b "$work/bundle" web </dev/null >/dev/null 2>&1 &
creator=$!
until [ -n "$(units)" ]; do sleep 0.05; done
inside pkill -9 -f 'create -b' || true
wait $creator || true
run runtime delete --force web
check "what a killed creation left is cleared" equals "0 " "$status $(units)"

for path in /system.slice/web system.slice:web a:b:c:d 'x.slice:a/b:web' '../x.slice:a:web' '-a.slice:a:web' ':a:b.slice'; do
  write_config "$path" true
  run runtime run -b "$work/bundle" web
  check "'$path' is refused" contains /linux/cgroupsPath "$errors"
done
write_config "" true '' '"org.systemd.property.TimeoutStopSec": "[1,"'
run runtime run -b "$work/bundle" web
check "an annotation that is no value is refused" contains "/annotations/org.systemd.property.TimeoutStopSec" "$errors"
write_config "" true '' '"org.systemd.property.NoSuchThing": "true"'
run runtime run -b "$work/bundle" web
check "a property that systemd does not know is refused" contains "NoSuchThing" "$errors"
check "nothing is left of those" equals "" "$(units)$(inside ls /run/aictr)"
