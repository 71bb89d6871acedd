#!/bin/bash
# aictr build with real RUN steps: what they see, what they leave, how they fail, how they are stopped.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
context=$work/context
mkdir "$context"
cd "$context"

dockerfile() {
  cat >Dockerfile
}

# The build's working directories and mounts, all gone after every build.
leaves_nothing() {
  [ -z "$(ls "$AICTR_ROOT/drafts")" ] && [ -z "$(ls "$AICTR_RUNROOT/steps" 2>/dev/null)" ] &&
    [ -z "$(ls "$AICTR_RUNROOT/containers")" ] && [ -z "$(mounts_below "$work")" ]
}

# Leaves the exit code of a process in the background in $status.
end_of() {
  status=0
  wait "$1" 2>/dev/null || status=$?
}

echo 'print(1)' >main.py
echo numpy >requirements.txt
dockerfile <<'END'
FROM busybox
WORKDIR /app
COPY requirements.txt .
RUN cat requirements.txt > installed && echo installing
COPY . .
USER nobody
RUN id -un > /tmp/who; pwd; ! touch /denied
ENV GREETING=hello
CMD ["cat", "/app/installed"]
END
run aictr build --progress plain -t my-app .
check "a Dockerfile of an application is built" equals 0 "$status"
check "what a step prints is shown with its number and time" matches '#[0-9]+ [0-9.]+ installing' "$errors"
check "a step that ran says how long" matches '#[0-9]+ DONE [0-9.]+s' "$errors"
check "nothing is printed to standard output" equals "" "$output"
check "a build leaves no draft, mount or container" leaves_nothing

run aictr build --progress plain -t my-app .
check "the second build runs nothing" lacks DONE "$errors"
check "it says so" contains CACHED "$errors"
echo 'print(2)' >main.py
run aictr build --progress plain -t my-app .
check "an edited file runs what follows its COPY" equals 2 "$(grep -c DONE <<<"$errors")"
check "and nothing before it" equals 4 "$(grep -c CACHED <<<"$errors")"
run aictr build -q .
check "-q prints the id alone" matches 'sha256:[0-9a-f]{64}' "$output$errors"
run aictr build -q --iidfile "$work/id" .
check "--iidfile gets the id" equals "$output" "$(cat "$work/id")"

dockerfile <<'END'
FROM busybox
RUN env > /env; cat /etc/resolv.conf > /resolv; hostname > /name; ls / > /root.txt
RUN test -d /sys/class && test -c /dev/null && test -r /proc/self/status
END
run env http_proxy=http://proxy.example:1 aictr build -q --host-ca never .
check "a step with files of the system works" equals 0 "$status"
id=$output
run aictr build -f - . <<END
FROM $id
RUN grep -x http_proxy=http://proxy.example:1 /env && ! grep -i SSL_CERT /env
RUN ! env | grep proxy.example
COPY --from=$id / /copy
RUN test -s /copy/resolv && ! test -e /copy/etc/resolv.conf && ! test -e /copy/etc/hosts
END
check "RUN sees the proxies, and nothing of them or of mount points stays in the image" equals 0 "$status"
check "the history does not name the proxy" lacks proxy.example "$(aictr history --no-trunc "$id")"

run env http_proxy=http://other.example:2 aictr build --progress plain --host-ca never .
check "another proxy is no reason to run again" lacks DONE "$errors"

dockerfile <<'END'
FROM busybox
RUN echo the log; echo of it >&2; exit 3
END
run aictr build .
check "a failed step fails the build with 1, as Docker does" equals 1 "$status"
check "its output is shown" contains "the log" "$errors"
check "the line is marked" matches ' +2 \| >>> RUN echo the log.*' "$errors"
check "its exit code is named" contains "ended with exit code 3" "$errors"
dockerfile <<'END'
FROM busybox
RUN uv pip install numpy
END
run aictr build .
check "a common failure has its mend" contains "hint: the image has no 'uv'" "$errors"
dockerfile <<'END'
FROM busybox
RUN echo the log; echo of it >&2; exit 3
END
run aictr build -q .
check "a quiet build shows the log of the step that failed" contains "of it" "$errors"
check "a failed build leaves nothing" leaves_nothing

dockerfile <<'END'
FROM busybox
RUN ["/no/such/program"]
END
run aictr build .
check "a program that is not there is named" contains "/no/such/program" "$errors"
check "and leaves nothing" leaves_nothing

dockerfile <<'END'
FROM busybox
RUN <<SCRIPT
#!/bin/cat
from cat
SCRIPT
RUN <<SCRIPT
cd /
ls -a > list
SCRIPT
RUN ! grep aictr /list
RUN --network=none ! test -e /sys/class/net/eth0
END
run aictr build .
check "heredocs run in the shell" equals 0 "$status"
check "or as scripts" matches '#2 [0-9.]+ from cat' "$errors"

dockerfile <<'END'
FROM busybox
RUN mkdir /d && echo a > /d/a && echo b > /d/b && ln /d/a /d/hard && chmod 4711 /bin/busybox
RUN rm /d/a && rm -r /home && mkdir /home && echo new > /home/new
FROM busybox
COPY --from=0 / /copy
RUN test ! -e /copy/d/a && test "$(cat /copy/d/hard)" = a && test "$(ls /copy/home)" = new
RUN test "$(stat -c %a /copy/bin/busybox)" = 4711
END
run aictr build .
check "deletions, opaque directories, links and setuid bits come through layers" equals 0 "$status"

dockerfile <<'END'
FROM busybox
RUN echo started; sleep 98765
END
aictr build . 2>"$work/log" &
build=$!
for _ in $(seq 100); do
  grep -q " started" "$work/log" && break
  sleep 0.1
done
kill -INT "$build" 2>/dev/null || true
end_of "$build"
check "a stopped build ends with 128 and the signal" equals 130 "$status"
check "and says so" contains "stopped by SIGINT" "$(cat "$work/log")"
check "a stopped build leaves nothing" leaves_nothing
check "and no process" equals "" "$(pgrep -f 'sleep 98765' || true)"

aictr build . 2>"$work/log" &
build=$!
for _ in $(seq 100); do
  grep -q " started" "$work/log" && break
  sleep 0.1
done
kill -KILL "$build"
end_of "$build"
sleep 0.2
check "a killed build leaves no mount" equals "" "$(mounts_below "$work")"
check "and no process" equals "" "$(pgrep -f 'sleep 98765' || true)"
# A layer that takes a while to save: a file that is all holes, whose bytes have to be read to be known.
dockerfile <<'END'
FROM busybox
RUN truncate -s 20G /holes && echo made
END
for signal in INT TERM; do
  aictr build --progress plain . 2>"$work/log" &
  build=$!
  for _ in $(seq 100); do
    grep -q " made" "$work/log" && break
    sleep 0.1
  done
  sleep 0.2
  kill "-$signal" "$build"
  end_of "$build"
  check "a build that saves a layer is stopped by SIG$signal too" contains "build: stopped by SIG$signal" "$(cat "$work/log")"
  check "with 128 and the signal" equals $((128 + $(kill -l "$signal"))) "$status"
  check "and leaves nothing" leaves_nothing
done

dockerfile <<'END'
FROM busybox
RUN true > /x
END
run aictr build .
check "the next build works" equals 0 "$status"
check "and takes the killed one's draft away" equals "" "$(ls "$AICTR_ROOT/drafts")"

run aictr build --progress tty .
check "--progress tty needs a terminal" contains "--progress=tty" "$errors"
check "a wrong flag is our failure" equals 125 "$status"
run aictr build "$work/nowhere"
check "a folder that is not there" equals 1 "$status"
run aictr build -f "$work/nowhere" .
check "a Dockerfile that is not there is named" contains "there is no '$work/nowhere'" "$errors"
if command -v script >/dev/null; then
  run script -qec "stty cols 80 rows 24; NO_COLOR=1 aictr build --no-cache ." /dev/null
  check "on a terminal the steps are drawn in place" contains $'\033[K' "$output"
  check "without colours when they are not wanted" lacks $'\033[34m' "$output"
  run script -qec "TERM=dumb aictr build ." /dev/null
  check "a dumb terminal gets plain lines" contains "CACHED" "$output"
  check "without control sequences" lacks $'\033[' "$output"
fi

echo "# stages at the same time"
dockerfile <<'END'
FROM busybox AS slow
RUN sleep 60
FROM busybox
COPY --from=slow /etc /etc
END
aictr build --progress plain --jobs 2 . >/dev/null 2>"$work/stages" &
build=$!
for _ in $(seq 100); do
  ! grep -q 'COPY --from' "$work/stages" || break
  sleep 0.05
done
sleep 0.2
kill -INT $build
end_of $build
check "Ctrl-C ends a build of several stages with 130" equals 130 "$status"
check "the step that ran and the one that waited are shown as cancelled" equals 2 "$(grep -c CANCELED "$work/stages")"
check "and nothing is left" leaves_nothing

echo "# what steps may use and see"
dockerfile <<'END'
FROM busybox AS one
RUN ulimit -n > /nofile; cat /sys/class/net/*/address | wc -l > /links; tail -n 1 /etc/hosts > /hosts; df -k /dev/shm | tail -n 1 > /shm
FROM busybox AS two
RUN echo two > /two
FROM one
COPY --from=two /two /
END
run aictr build -q --ulimit nofile=100 --network none --add-host model:192.0.2.7 --shm-size 8m .
in_image() { aictr run --rm --network none "$output" cat "$1"; }
check "--ulimit" equals 100 "$(in_image /nofile)"
check "--network none leaves the loopback alone" equals 1 "$(in_image /links)"
check "--add-host" equals "192.0.2.7 model" "$(in_image /hosts | tr '\t' ' ')"
check "--shm-size" matches '.* 8192 .*' "$(in_image /shm)"
run aictr build --progress plain --no-cache-filter two .
number=$(sed -n 's/^#\([0-9]*\) .two 2.2. RUN echo two.*/\1/p' <<<"$errors")
check "--no-cache-filter runs the steps of that stage" contains "#$number DONE" "$errors"
check "and of no other" equals 1 "$(grep -c DONE <<<"$errors")"
run aictr build --no-cache-filter twoo .
check "an unknown stage is refused" contains "there is no stage 'twoo'" "$errors"
run aictr build --platform linux/s390x .
check "another platform is refused" contains "--platform: platform 'linux/s390x' is not this machine's" "$errors"
run aictr build -q --platform "linux/$(aictr info --format '{{.Architecture}}' | sed 's/x86_64/amd64/;s/aarch64/arm64/')" .
check "this machine's is not" equals 0 "$status"
run aictr build -t named:1 --metadata-file "$work/metadata" --progress rawjson .
check "--metadata-file has the id" equals "$(aictr inspect --format '{{.Id}}' named:1)" \
  "$(python3 -c "import json,sys; print(json.load(open(sys.argv[1]))['containerimage.config.digest'])" "$work/metadata")"
check "rawjson is a line of JSON for each event" python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.argv[1].splitlines() if line.startswith("{")]
names = {v["name"] for line in lines for v in line.get("vertexes", []) if v.get("cached")}
sys.exit(not any("COPY --from=two" in name for name in names))' "$errors"
dockerfile <<'END'
FROM busybox
RUN tail -c 200m /dev/zero
END
run aictr build --memory 64m .
check "--memory" equals 1 "$status"
check "what is killed for memory is told so" contains "hint: the kernel killed it for memory: raise --memory" "$errors"
echo "FROM busybox" >Dockerfile
for flag in --memory=1k --cpus=-1 --ulimit=nofile --add-host=x --add-host=x:y --network=bridge --jobs=0; do
  run aictr build "$flag" .
  check "$flag is refused" equals 125 "$status"
done
