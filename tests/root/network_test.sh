#!/bin/bash
# Networks of containers: bridges, addresses, names, published ports, and that nothing of them is left. Everything happens
# in a network namespace of the test's own.
if [ -z "${AICTR_TEST_NAMESPACE:-}" ] && [ "$(id -u)" -eq 0 ]; then
  AICTR_TEST_NAMESPACE=1 exec unshare --net --mount --propagation private "$0"
fi
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need ip iptables-save nsenter busybox
netavark=
for folder in /usr/local/libexec/podman /usr/local/lib/podman /usr/libexec/podman /usr/lib/podman; do
  if [ -z "$netavark" ] && [ -x "$folder/netavark" ] && [ -x "$folder/aardvark-dns" ]; then netavark=$folder/netavark; fi
done
[ -n "$netavark" ] || skip "needs the programs netavark and aardvark-dns"
ip link set lo up
# A way out, as a host has one, so that address and routes of it are avoided.
ip link add out type veth peer name out-peer
ip address add 10.112.0.1/20 dev out
ip link set out up
busybox_image busybox
unset AICTR_NETWORK

wait_until() { # COMMAND...
  local i
  for ((i = 0; i < 200; ++i)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "  never true: $*" && return 1
}

# start NAME FLAGS... -- COMMAND...: a container in the background that a check can look at.
start() {
  local name=$1 flags=()
  shift
  while [ "$1" != -- ]; do flags+=("$1") && shift; done
  shift
  aictr run --rm --name "$name" "${flags[@]}" busybox "$@" 2>"$work/$name.errors" &
  wait_until is_running "$name" || cat "$work/$name.errors"
}
is_running() { [ "$(aictr ps -q --filter "name=$1")" != "" ]; }
stop() {
  local name
  for name in "$@"; do aictr rm -f "$name" >/dev/null; done
  wait
}
inside() { nsenter -t "$(aictr inspect -f '{{.State.Pid}}' "$1")" -n "${@:2}"; }
httpd() { echo "mkdir /w; echo $1 > /w/index.html; exec httpd -f -p ${2:-80} -h /w"; }
get() { busybox wget -q -T 5 -O - "$1"; }

# Firewall rules, without counters and without netavark's own chains, which are empty and shared by everybody.
rules() { { iptables-save; ip6tables-save; } | grep '^-A' | grep -vE '^-A (PREROUTING|OUTPUT|POSTROUTING|FORWARD|NETAVARK-HOSTPORT-(MASQ|SETMARK)) .*NETAVARK|^-A NETAVARK-HOSTPORT-(MASQ|SETMARK)' || true; }
left() {
  ip -br link | awk '{ print $1 }' | grep -vE '^(lo|out|out-peer)(@.*)?$' || true
  rules
  find "$AICTR_RUNROOT/network" -mindepth 1 -name '*.json' 2>/dev/null || true
  pgrep -f "aardvark-dns --config $AICTR_RUNROOT" || true
}
check "before anything there is nothing" equals "" "$(left)"

run aictr run --rm busybox sh -c 'ip -4 -o address show eth0; ip route; cat /etc/hosts; hostname'
check "the default network is a bridge" equals 0 "$status"
check "its subnet is not the host's" contains "inet 10.112.16.2/20" "$output"
check "there is a way out" contains "default via 10.112.16.1 dev eth0" "$output"
check "its hosts file has its address" contains "$(printf '10.112.16.2\t%s ' "$(tail -1 <<<"$output")")" "$output"
check "it is listed" contains "bridge" "$(aictr network ls --format '{{.Name}} {{.Driver}}')"
check "nothing is left" equals "" "$(left)"

run aictr run --rm --network host busybox true
check "the host's network needs none of it" equals 0 "$status"
run aictr run --rm --network nowhere busybox true
check "a network that is not there" contains "no such network: 'nowhere'" "$errors"
check "is told before anything is made" equals "" "$(aictr ps -aq)"

# Names and ports
aictr network create net >/dev/null
start web --network net --network-alias www -p 18080:80 -p 127.0.0.1:18100-18101:8000-8001 -p 15353:53/udp -- \
  sh -c "nc -u -l -p 53 -e echo udp-answer & nc -ll -p 8001 -e echo from-8001 & $(httpd hello)"
wait_until get http://127.0.0.1:18080
check "a published port answers on the host" equals hello "$(get http://127.0.0.1:18080)"
check "and on its other addresses" equals hello "$(get http://10.112.0.1:18080)"
check "one of a range, on one address" equals from-8001 "$(busybox nc -w 5 127.0.0.1 18101 </dev/null)"
check "and not on the others" fails busybox nc -w 2 10.112.0.1 18101 </dev/null
check "udp" equals udp-answer "$(echo x | busybox nc -u -w 2 127.0.0.1 15353)"
run aictr run --rm --network net busybox sh -c 'wget -q -O - http://web && wget -q -O - http://www && cat /etc/resolv.conf'
check "another container finds it by name and alias" contains "$(printf 'hello\nhello')" "$output"
check "the network's name server is asked" contains "nameserver 10.112.32.1" "$output"
run aictr run --rm busybox wget -q -T 2 -O - http://web
check "a container of another network does not" fails test "$status" -eq 0
run aictr run --rm --network net -p 18080:80 busybox true
check "a port of another container is refused" contains "port 18080/tcp is taken by container 'web'" "$errors"
check "with aictr's own code" equals 125 "$status"
busybox nc -l -p 18082 </dev/null &
listener=$!
wait_until sh -c "busybox netstat -ltn | grep -q :18082"
run aictr run --rm -p 18082:80 busybox true
check "so is one of a program" contains "a program of this host has it" "$errors"
kill "$listener"
check "ps tells the ports" contains \
  "0.0.0.0:18080->80/tcp, 127.0.0.1:18100-18101->8000-8001/tcp, 0.0.0.0:15353->53/udp" "$(aictr ps --format '{{.Ports}}')"
check "port too" equals 0.0.0.0:18080 "$(aictr port web 80)"
check "and all of them" contains "8001/tcp -> 127.0.0.1:18101" "$(aictr port web)"
run aictr port web 81
check "a port that is not published is an error" equals 125 "$status"
check "inspect tells the address" equals 10.112.32.2 "$(aictr inspect -f '{{.NetworkSettings.IPAddress}}' web)"
check "and the ports" equals 18080 "$(aictr inspect -f '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}' web 2>/dev/null ||
  aictr inspect -f '{{json .NetworkSettings.Ports}}' web | grep -o '"HostPort":"18080"' | head -1 | grep -o 18080)"
run aictr network rm net
check "a network in use is not removed" contains "network 'net' is used by web" "$errors"
check "nor pruned" equals "" "$(aictr network prune -f)"

# Another container's network
run aictr run --rm --network container:web busybox sh -c 'wget -q -O - http://127.0.0.1; hostname'
check "container: shares the network and the name" equals "$(printf 'hello\n%s' "$(aictr inspect -f '{{.Id}}' web | cut -c1-12)")" "$output"

# Connect and disconnect
aictr network create --subnet 10.5.0.0/24 --ip-range 10.5.0.128/25 second >/dev/null
run aictr network connect --alias db second web
check "a running container is connected" contains "10.5.0.128/24" "$(inside web ip -4 -o address show eth1)"
check "and found there by its alias" equals hello "$(aictr run --rm --network second busybox wget -q -O - http://db)"
check "once" fails aictr network connect second web
aictr network disconnect second web
check "and disconnected" lacks eth1 "$(inside web ip -o link)"
check "its ports stay" equals hello "$(get http://127.0.0.1:18080)"
stop web
check "nothing is left after all that" equals "" "$(left)"

# Addresses that are asked for
run aictr run --rm --network second --ip 10.5.0.9 --mac-address 02:00:00:00:00:09 --add-host gw:host-gateway --dns 192.0.2.53 \
  --dns-search corp --dns-option ndots:2 busybox sh -c 'ip address show eth0; cat /etc/hosts /etc/resolv.conf'
check "an address" contains "inet 10.5.0.9/24" "$output"
check "a hardware address" contains "link/ether 02:00:00:00:00:09" "$output"
check "host-gateway" contains "$(printf '10.5.0.1\tgw')" "$output"
check "a search list and options" contains "$(printf 'search corp\nnameserver 10.5.0.1\noptions ndots:2')" "$output"
run aictr run --rm --network bridge --dns 192.0.2.53 busybox cat /etc/resolv.conf
check "a name server" contains "nameserver 192.0.2.53" "$output"
run aictr run --rm --network second --ip 10.6.0.9 busybox true
check "one that the network has not" contains "'10.6.0.9' is no address for a container on network 'second'" "$errors"
run aictr network create --subnet 10.5.0.0/16 third
check "an overlapping subnet is refused" contains "overlaps 10.5.0.0/24" "$errors"

# IPv6
aictr network create --ipv6 --subnet fd00:5::/64 six >/dev/null
start v6 --network six -p 18083:80 -- sh -c "$(httpd six)"
address=$(aictr inspect -f '{{.NetworkSettings.GlobalIPv6Address}}' v6)
check "an address of IPv6" equals fd00:5::2 "$address"
wait_until get "http://[$address]"
check "the host reaches it" equals six "$(get "http://[$address]")"
check "so does another by name" equals six "$(aictr run --rm --network six busybox wget -q -O - http://v6)"
check "ps tells both families" contains "[::]:18083->80/tcp" "$(aictr ps --format '{{.Ports}}')"
stop v6

# Killed
aictr run --rm --name killed --network net -p 18080:80 busybox sleep 1000 &
killed=$!
wait_until is_running killed
check "there is something to leave" contains aictr "$(left)"
kill -9 "$killed"
wait "$killed" 2>/dev/null || true
aictr ps >/dev/null
check "after kill -9 the next command puts everything down" equals "" "$(left)"

# Killed while netavark works
cp "$netavark" "$work/netavark"
cat >"$work/deadly" <<SCRIPT
#!/bin/sh
case "\$*" in *setup*) if [ -e $work/kill ]; then rm $work/kill; kill -9 \$PPID; fi ;; esac
exec $work/netavark "\$@"
SCRIPT
chmod +x "$work/deadly"
mount --bind "$work/deadly" "$netavark"
touch "$work/kill"
run aictr run --rm --name cut --network net -p 18080:80 busybox true
check "the command was killed in the middle" equals 137 "$status"
aictr ps >/dev/null
check "what netavark made after that is put down" equals "" "$(left)"
umount "$netavark"

check "prune removes what nobody is on" equals "$(printf 'Deleted Networks:\nnet\nsecond\nsix')" "$(aictr network prune -f)"
check "but for the default" equals bridge "$(aictr network ls --format '{{.Name}}')"

mount -t tmpfs none "$(dirname "$netavark")"
run aictr run --rm --network bridge busybox true
check "without netavark the error says so" contains "netavark, which is not installed" "$errors"
check "and what works" contains "--network host works meanwhile" "$errors"
run aictr run --rm busybox ls /sys/class/net
check "the default is the host's network then" equals 0 "$status"
umount "$(dirname "$netavark")"
