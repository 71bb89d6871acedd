#!/bin/bash
# Networks of containers: bridges, addresses, names, published ports, and that nothing of them is left. Everything happens
# in a network namespace of the test's own.
if [ -z "${AICTR_TEST_NAMESPACE:-}" ] && [ "$(id -u)" -eq 0 ]; then
  AICTR_TEST_NAMESPACE=1 exec unshare --net --mount --propagation private "$0"
fi
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need ip iptables-save nsenter python3 curl
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
at_exit 'aictr ps -aq | xargs -r aictr rm -f >/dev/null'

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
}
pid_of() { aictr inspect -f '{{.State.Pid}}' "$1"; }
inside() { nsenter -t "$(pid_of "$1")" -n "${@:2}"; }

# serve CONTAINER: servers in its network, which answer HTTP on port 80, and on 8001 and on 53/udp, with its name.
serve() {
  nsenter -t "$(pid_of "$1")" -n python3 "$work/serve" "$1" 2>"$work/serve.log" &
  at_exit "kill $! 2>/dev/null"
  wait_until inside "$1" curl -s http://127.0.0.1
}
cat >"$work/serve" <<'PYTHON'
import http.server, socket, socketserver, sys, threading
name = sys.argv[1].encode() + b"\n"
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(name)
class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(name, self.client_address)
class Dual(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
servers = [Dual(("::", 80), Page), Dual(("::", 8001), Page), socketserver.UDPServer(("", 53), Datagram)]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()
PYTHON
get() { curl -s --noproxy '*' -m 5 "$1"; }
ask_udp() { # PORT
  local answer
  exec 5<>"/dev/udp/127.0.0.1/$1"
  echo x >&5
  answer=$(timeout 5 head -n 1 <&5) || true
  exec 5>&-
  echo "$answer"
}
address_of() { aictr run --rm --network "$1" busybox nslookup -type=a "$2" 2>/dev/null | awk '/^Address/ { last = $2 } END { print last }'; }

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
start web --network net --network-alias www -p 18080:80 -p 127.0.0.1:18100-18101:8000-8001 -p 15353:53/udp -- sleep 1000
serve web
check "a published port answers on the host" equals web "$(get http://127.0.0.1:18080)"
check "and on its other addresses" equals web "$(get http://10.112.0.1:18080)"
check "one of a range, on one address" equals web "$(get http://127.0.0.1:18101)"
check "and not on the others" fails get http://10.112.0.1:18101
check "udp" equals web "$(ask_udp 15353)"
check "another container finds it by name" equals 10.112.32.2 "$(address_of net web)"
check "and by alias" equals 10.112.32.2 "$(address_of net www)"
check "a container of another network does not" fails test 10.112.32.2 = "$(address_of bridge web)"
run aictr run --rm --network net busybox cat /etc/resolv.conf
check "the network's name server is asked" contains "nameserver 10.112.32.1" "$output"
start other --network net -- sleep 1000
check "and reaches it" equals web "$(inside other curl -s -m 5 --noproxy '*' http://10.112.32.2)"
stop other
run aictr run --rm --network net -p 18080:80 busybox true
check "a port of another container is refused" contains "port 18080/tcp is taken by container 'web'" "$errors"
check "with aictr's own code" equals 125 "$status"
python3 -c 'import socket, time; s = socket.create_server(("", 18082)); time.sleep(100)' &
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
check "and the ports" contains '"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"18080"}]' \
  "$(aictr inspect -f '{{json .NetworkSettings.Ports}}' web)"
run aictr network rm net
check "a network in use is not removed" contains "network 'net' is used by web" "$errors"
check "nor pruned" equals "" "$(aictr network prune -f)"

# Another container's network
run aictr run --rm --network container:web busybox sh -c 'ip -4 -o address show eth0; hostname'
check "container: shares the network" contains "inet 10.112.32.2/" "$output"
check "and the name" equals "$(tail -1 <<<"$output")" "$(aictr inspect -f '{{.Id}}' web | cut -c1-12)"

# Connect and disconnect
aictr network create --subnet 10.5.0.0/24 --ip-range 10.5.0.128/25 second >/dev/null
run aictr network connect --alias db second web
check "a running container is connected" contains "10.5.0.128/24" "$(inside web ip -4 -o address show eth1)"
check "and found there by its alias" equals 10.5.0.128 "$(address_of second db)"
check "once" fails aictr network connect second web
aictr network disconnect second web
check "and disconnected" lacks eth1 "$(inside web ip -o link)"
check "its ports stay" equals web "$(get http://127.0.0.1:18080)"
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
start v6 --network six -p 18083:80 -- sleep 1000
serve v6
address=$(aictr inspect -f '{{.NetworkSettings.GlobalIPv6Address}}' v6)
check "an address of IPv6" equals fd00:5::2 "$address"
wait_until get "http://[$address]"
check "the host reaches it" equals v6 "$(get "http://[$address]")"
check "another finds it by name" contains fd00:5::2 "$(aictr run --rm --network six busybox nslookup -type=aaaa v6 2>&1)"
check "ps tells both families" contains "[::]:18083->80/tcp" "$(aictr ps --format '{{.Ports}}')"
stop v6

# Killed
aictr run -d --rm --name killed --network net -p 18080:80 busybox sleep 1000 >/dev/null
check "there is something to leave" contains aictr "$(left)"
kill -9 "$(ps -o ppid= -p "$(aictr inspect --format '{{.State.Pid}}' killed)" | xargs)"
wait_until fails is_running killed
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
check "the command says that it was killed in the middle" contains "was killed" "$errors"
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
