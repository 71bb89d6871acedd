#!/bin/bash
# linux.netDevices: an interface of the host becomes the container's, with its addresses, and comes back when the container
# cannot be made.
. "$(dirname "$0")/../lib.sh"
need_root
need ip unshare nsenter
own_work

# The host of the test is a network namespace of its own.
unshare --net --fork --kill-child sleep 1000 &
holder=$!
at_exit "kill -9 $holder; wait $holder 2>/dev/null"
until host=$(pgrep -P $holder) && [ "$(readlink "/proc/$host/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
  sleep 0.05
done

host() { # COMMAND...
  nsenter -t "$host" --net "$@"
}

write_config() { # DEVICES SHELL-COMMAND [MORE]
  cat >"$work/bundle/config.json" <<JSON
{
  "ociVersion": "1.3.0",
  "root": {"path": "rootfs"},
  "process": {"args": ["/bin/sh", "-c", "$2"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, $network],
            "netDevices": {$1} ${3:+, $3}}
}
JSON
}

container() { # WORDS...
  run host aictr-runtime --root "$work/state" run -b "$work/bundle" net-test
}

network='{"type": "network"}'
mkdir "$work/bundle"
busybox_rootfs "$work/bundle/rootfs"
host ip link add aictr0 type veth peer name aictr1 2>/dev/null || skip "needs interfaces of type veth"
host ip addr add 192.0.2.7/24 dev aictr0
host ip addr add 2001:db8::7/64 dev aictr0
host ip link set aictr0 up
host ip link set aictr1 up

write_config '"aictr0": {"name": "eth0"}, "lo2": {}' true
container
check "an interface that is not there is an error with its place" contains "/linux/netDevices/lo2: there is no interface" \
  "$errors"
check "what was moved before is back, and up" contains "UP" "$(host ip link show aictr0)"
check "with its address" contains "inet 192.0.2.7/24" "$(host ip addr show aictr0)"
check "of either version" contains "inet6 2001:db8::7/64" "$(host ip addr show aictr0)"

write_config '"aictr0": {"name": "eth0"}' true '"sysctl": {"kernel.shmmax": "1"}'
container
check "a creation that fails takes nothing" contains "inet 192.0.2.7/24" "$(host ip addr show aictr0)"
write_config '"aictr0": {"name": "lo"}' true
container
check "a name that is taken is an error" contains "/linux/netDevices/aictr0" "$errors"
check "and the interface stays" contains "inet 192.0.2.7/24" "$(host ip addr show aictr0)"

write_config '"aictr0": {"name": "eth0"}' 'ip addr show eth0; ip link; cat /sys/class/net/eth0/x'
container
check "the interface is in the container, under its name, and up" matches '.*eth0@.*UP.*' "$output"
check "with its address" contains "inet 192.0.2.7/24 " "$output"
check "of either version, for good" matches ' *inet6 2001:db8::7/64 scope global.*' "$output"
check "and nothing else is" lacks aictr1 "$output"

host ip link add aictr0 type veth peer name aictr2
write_config '"aictr0": {"name": "dev%d"}' 'ip link'
container
check "the kernel counts where the name asks for it" contains ": dev0@" "$output"

host ip link add aictr0 type veth peer name aictr3
unshare --net --fork --kill-child sleep 1000 &
other=$!
at_exit "kill -9 $other; wait $other 2>/dev/null"
until there=$(pgrep -P $other) && [ "$(readlink "/proc/$there/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
  sleep 0.05
done
network="{\"type\": \"network\", \"path\": \"/proc/$there/ns/net\"}"
write_config '"aictr0": {}' 'ip link'
container
check "a namespace that is joined gets it too" contains ": aictr0@" "$output"
check "and keeps it" contains ": aictr0@" "$(nsenter -t "$there" --net ip link)"
