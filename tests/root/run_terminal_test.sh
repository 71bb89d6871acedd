#!/bin/bash
# `aictr run -it` and a build on a terminal, typed at through one of our own: its size, its keys, and that it is as it was
# on every way out.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3
busybox_image busybox
mkdir "$work/context"
printf 'FROM busybox\nRUN echo star""ted; sleep 98764\n' >"$work/context/Dockerfile"

cat >"$work/type" <<'END'
"""type SCENE: runs a command on a new terminal, types at it, and prints what was seen, one word a line."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

PATIENCE = 20


class Terminal:
    def __init__(self, *command, rows=33, columns=101):
        go, told = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.read(go, 1)  # until the terminal has its size
            os.execvp(command[0], command)
        self.resize(rows, columns)
        os.write(told, b"x")
        self.seen = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.fd, text)

    def read(self):
        if not select.select([self.fd], [], [], 0.1)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            return b""

    def wait_for(self, pattern):
        """What fits the pattern of what is printed; what was printed before it is gone."""
        end = time.time() + PATIENCE
        while time.time() < end:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found.group().decode().strip()
            self.seen += self.read()
        raise SystemExit(f"no {pattern} in {self.seen}")

    def as_before(self):
        mode = termios.tcgetattr(self.fd)
        lines = mode[3] & termios.ICANON and mode[3] & termios.ECHO and mode[3] & termios.ISIG
        return "as before" if lines and mode[1] & termios.OPOST else "raw"

    def end(self):
        end = time.time() + PATIENCE
        while time.time() < end:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        raise SystemExit("it does not end")


def box(*command):
    return Terminal("aictr", "run", "--rm", "-it", "--network", "none", "busybox", *command)


def sizes():
    t = box("sh", "-c", 'echo "now: $(stty size)"; while read -r _; do echo "now: $(stty size)"; done')
    print(t.wait_for(b"now: .*\r"))
    print(t.as_before())
    t.resize(44, 132)
    for _ in range(50):  # the signal has a way to go
        t.type(b"\n")
        if t.wait_for(b"now: .*\r") == "now: 44 132":
            break
        time.sleep(0.1)
    else:
        raise SystemExit("never resized")
    t.type(b"\x04")
    print(t.end(), t.as_before())


def keys():
    t = box("sh", "-c", 'trap "exit 5" INT; echo ready; while :; do sleep 0.1; done')
    t.wait_for(b"ready")
    t.type(b"\x03")
    print(t.end(), t.as_before())


def missing():
    t = box("/no/such/command")
    print(t.end(), t.as_before())


def terminated():
    t = box("sh", "-c", 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done')
    t.wait_for(b"ready")
    os.kill(t.pid, signal.SIGTERM)
    print(t.end(), t.as_before())


def killed():
    t = box("sh", "-c", "echo ready; sleep 98764")
    t.wait_for(b"ready")
    os.kill(t.pid, signal.SIGKILL)
    end = t.end()
    print(end, os.popen("aictr ps --format '{{.State}}'").read().strip())
    os.system("aictr rm -f $(aictr ps -q) >/dev/null")


def removed():
    t = box("sh", "-c", "echo ready; sleep 98764")
    t.wait_for(b"ready")
    os.system("aictr rm -f $(aictr ps -q) >/dev/null")
    print(t.end(), t.as_before())


def out_of_memory():
    t = Terminal("aictr", "run", "--rm", "-it", "--network", "none", "--memory", "32m", "busybox",
                 "dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1")
    t.wait_for(rb"container used all of its 32 MiB \(memory\.max\); peak 32 MiB; raise --memory\r\n")
    print(t.end(), t.as_before())


def build():
    t = Terminal("aictr", "build", sys.argv[2])
    t.wait_for(b" started")
    t.type(b"\x03")
    t.wait_for(b"stopped by SIGINT")
    print(t.end(), t.as_before())


globals()[sys.argv[1]]()
END

at() { run python3 "$work/type" "$@"; }

left() {
  find "$AICTR_ROOT/containers" "$AICTR_ROOT/drafts" "$AICTR_RUNROOT/containers" -mindepth 1 ! -name names \
    ! -name claims ! -name .lock
  mounts_below "$work"
  pgrep -f 'sleep 98764' || true
}

at sizes
check "a container's terminal has the size of ours, follows it, and ours is raw only as long" equals \
  $'now: 33 101\nraw\n0 as before' "$output"
at keys
check "Ctrl-C reaches the command, whose exit code is ours" equals "5 as before" "$output"
at missing
check "a command that is not there leaves the terminal as it was" equals "127 as before" "$output"
at terminated
check "SIGTERM reaches the command, and the terminal is as it was" equals "9 as before" "$output"
at removed
check "so it is when the container is removed by force" equals "137 as before" "$output"
if aictr run --rm --network none --memory 32m busybox true 2>/dev/null; then
  at out_of_memory
  check "a lack of memory is told on a terminal as it was" equals "137 as before" "$output"
fi
check "nothing is left of any of them" equals "" "$(left)"

at killed
check "a killed aictr run leaves its container running" equals "-9 running" "$output"
run aictr run --rm --network none busybox true
check "the next one works" equals 0 "$status"
check "and nothing of the killed one is left" equals "" "$(left)"

at build "$work/context"
check "Ctrl-C ends a build with 130, and the terminal is as it was" equals "130 as before" "$output"
check "nothing is left of the build" equals "" "$(left)"
