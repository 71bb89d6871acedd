#!/bin/bash
# ps, rm and inspect: what they tell about containers that run, that ended, and whose monitor was killed.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox

# until_running NAME: waits for the container to run, ten seconds at most.
until_running() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [ "$(aictr ps -q --filter "name=$1" --filter status=running | wc -l)" -eq 1 ] && return 0
    sleep 0.1
  done
  return 1
}

run aictr ps
check "ps has Docker's columns" matches 'CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES' "$output"
check "ps lists nothing at first" equals 1 "$(wc -l <<<"$output")"

aictr run --name ended --label owner=me busybox sh -c 'exit 3' || true
check "a container that ended is not among those that run" equals "" "$(aictr ps -q)"
run aictr ps -a
check "ps -a tells how it ended" matches '[0-9a-f]{12} +busybox +"sh -c exit 3" .*Exited \(3\) .* ago +ended' "$output"
check "ps prints JSON, an object a line" matches '\{"Command":.*"Names":"ended".*"State":"exited".*\}' \
  "$(aictr ps -a --format json)"
check "ps filters by exit code" equals ended "$(aictr ps --filter exited=3 --format '{{.Names}}')"
check "ps filters by label" equals ended "$(aictr ps -a --filter label=owner=me --format '{{.Names}}')"
check "ps filters by image" equals ended "$(aictr ps -a --filter ancestor=busybox --format '{{.Names}}')"
check "a filter that fits nothing lists nothing" equals "" "$(aictr ps -aq --filter label=owner=you)"
check "inspect tells how it ended" equals "exited 3 false" \
  "$(aictr inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.Running}}' ended)"

aictr run -d --name works busybox sleep 60 >/dev/null
check "a container that runs is listed" until_running works
check "ps tells how long it runs" matches 'Up .*' "$(aictr ps --format '{{.Status}}')"
check "inspect tells its process" test -d "/proc/$(aictr inspect --format '{{.State.Pid}}' works)"
check "ps -l lists the last one made" equals works "$(aictr ps -l --format '{{.Names}}')"
check "ps -n lists as many as asked for" equals "works ended" "$(aictr ps -n 2 --format '{{.Names}}' | xargs)"
check "info counts" equals "2 1" "$(aictr info --format '{{.Containers}} {{.ContainersRunning}}')"

run aictr rmi busybox
check "rmi refuses the image of a container" equals 1 "$status"
run aictr rm works
check "rm refuses what runs" equals 1 "$status"
check "rm says how to go on" contains "aictr rm -f works" "$errors"
run aictr rm -f works
check "rm -f kills and removes it, and prints its name" equals "0:works" "$status:$output"
check "rm -f left nothing of it running" equals "" "$(aictr ps -q)"

aictr run -d --name orphan busybox sleep 60 >/dev/null
check "another container runs" until_running orphan
pid=$(aictr inspect --format '{{.State.Pid}}' orphan)
keeper=$(ps -o ppid= -p "$pid" | xargs)
orphan=$(aictr ps -q --no-trunc)
check "it has a cgroup" test -n "$(find /sys/fs/cgroup -type d -name "*$orphan*" | head -n 1)"
kill -KILL "$keeper"
for ((tries = 0; tries < 100; tries++)); do
  [ -d "/proc/$pid" ] || break
  sleep 0.1
done
check "its process goes with its monitor" fails test -d "/proc/$pid"
check "ps tells that it is dead, not that it runs" equals "dead" "$(aictr ps -a --filter name=orphan --format '{{.State}}')"
check "ps does not list it among those that run" equals "" "$(aictr ps -q)"

id=$(aictr ps -aq --filter name=ended)
run aictr rm "${id:0:6}" nosuch orphan
check "rm goes on after a name that is not there, and ends with 1" equals "1:${id:0:6}"$'\n'orphan "$status:$output"
check "rm says what is missing" contains "no such container: 'nosuch'" "$errors"
run aictr rm -f nosuch
check "rm -f of what is not there succeeds" equals 0 "$status"
check "nothing is left" equals "" "$(aictr ps -aq)"
check "no cgroup is left" equals "" "$(find /sys/fs/cgroup -type d -name "*$orphan*")"
check "no state is left" equals "" "$(ls -A "$AICTR_RUNROOT/containers")"
