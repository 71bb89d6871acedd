#!/bin/bash
# A container whose runtime is a service of systemd tells it when it is ready (sd_notify).
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3 busybox
own_work

busybox_rootfs "$work/bundle/rootfs"
aictr-runtime spec --bundle "$work/bundle"

# config ARGS: what the container executes, as JSON
config() {
  python3 - "$work/bundle/config.json" "$1" <<'PYTHON'
import json, sys
path, args = sys.argv[1], json.loads(sys.argv[2])
spec = json.load(open(path))
spec["process"].update(terminal=False, args=args, user={"uid": 1000, "gid": 1000})
json.dump(spec, open(path, "w"))
PYTHON
}

# busybox has no program that writes to a datagram socket: a small one is run by the host's python inside.
cat >"$work/manager.py" <<'PYTHON'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
listener.settimeout(20)
print("listening", flush=True)
for _ in range(2):
    print(listener.recv(4096).decode(), flush=True)
PYTHON

# say TEXT: to the container's socket, from outside, through its root
say() {
  python3 - "$1" "$work/state/test.notify/notify.sock" <<'PYTHON'
import socket, sys, time
for _ in range(200):
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[1].encode(), sys.argv[2])
        break
    except OSError:
        time.sleep(0.05)
PYTHON
}

start_manager() {
  rm -f "$work/manager"
  python3 "$work/manager.py" "$work/manager" >"$work/heard" &
  manager=$!
  until [ -S "$work/manager" ]; do sleep 0.05; done
}

runtime() {
  NOTIFY_SOCKET=$work/manager aictr-runtime --root "$work/state" "$@"
}
at_exit "aictr-runtime --root $work/state delete --force test"

config '["sh", "-c", "echo $NOTIFY_SOCKET; ls -l $NOTIFY_SOCKET | cut -c1-10; exec sleep 100"]'
start_manager
runtime create --bundle "$work/bundle" test >"$work/output" 2>&1 </dev/null
runtime start test &
starter=$!
say "STATUS=on its way"
sleep 0.2
check "start does not come back before the container is ready" kill -0 "$starter"
check "and nothing but that is passed on" equals listening "$(cat "$work/heard")"
say $'STATUS=up\nREADY=1'
wait "$starter"
wait "$manager"
pid=$(aictr-runtime --root "$work/state" state test | sed -n 's/.*"pid": \([0-9]*\),/\1/p')
check "the manager hears of it, with the container's process" equals "listening
MAINPID=$pid
READY=1" "$(cat "$work/heard")"
check "the container found the socket, and may write to it" equals "/run/notify/notify.sock
srwxrwxrwx" "$(cat "$work/output")"
runtime delete --force test
check "nothing is left of it" equals "" "$(ls "$work/state")"

config '["sh", "-c", "sleep 0.2; exit 3"]'
start_manager
run runtime run --bundle "$work/bundle" test
check "a container that ends without a word ends run" equals 3 "$status"
kill "$manager"

run runtime run --detach --bundle "$work/bundle" test
check "and with --detach too" equals 0 "$status"
runtime delete --force test
