#!/bin/bash
# Containers that outlive the command that made them: create, start, stop, restart, exec, logs, attach, wait, policies.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
at_exit 'aictr rm -f $(aictr ps -aq) >/dev/null 2>&1'

# until TEXT COMMAND...: the command prints TEXT within ten seconds.
until_prints() {
  local tries text=$1
  shift
  for ((tries = 0; tries < 100; tries++)); do
    [ "$("$@" 2>/dev/null)" = "$text" ] && return 0
    sleep 0.1
  done
  printf '  expected: %s\n  got: %s\n' "$text" "$("$@" 2>&1)"
  return 1
}
state() { aictr ps -a --filter "name=$1" --format '{{.State}}'; }
field() { aictr inspect --format "$2" "$1"; }

ticks='trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.1 & wait $!; done'
run aictr run -d --name web --network none busybox sh -c "$ticks"
check "run -d prints the id alone" matches '[0-9a-f]{64}' "$output"
id=$output
check "and leaves it running" equals running "$(state web)"
check "its log is where log shippers look" until_prints 1 grep -c ready "$AICTR_ROOT/containers/$id/$id-json.log"
check "in Docker's format" matches '\{"log":"ready\\n","stream":"stdout","time":"20[0-9T:.-]*Z"\}' \
  "$(cat "$AICTR_ROOT/containers/$id/$id-json.log")"
check "logs prints it" equals ready "$(aictr logs web)"
check "a second start does nothing" equals web "$(aictr start web)"

run aictr exec web sh -c 'echo inside $HOSTNAME; exit 7'
check "exec runs a command inside, with its exit code" equals "7:inside ${id:0:12}" "$status:$output"
run aictr exec -u nobody -e A=b -w /tmp web sh -c 'id -un; pwd; echo $A'
check "exec has user, variable and folder" equals $'nobody\n/tmp\nb' "$output"
check "exec -i reads our input" equals piped "$(echo piped | aictr exec -i web cat)"
run aictr exec web no-such
check "exec of what is not there is 127" equals 127 "$status"
aictr exec -d web sh -c 'echo done >/tmp/mark'
check "exec -d leaves it to itself" until_prints "done" aictr exec web cat /tmp/mark

check "pause prints the name" equals web "$(aictr pause web)"
check "a paused container is told" equals paused "$(state web)"
run aictr exec web true
check "exec says why not, and the mend" contains 'aictr unpause web' "$errors"
aictr unpause web >/dev/null
check "and runs on afterwards" equals running "$(state web)"

aictr wait web >"$work/code" &
waiting=$!
sleep 0.2
check "stop prints the name" equals web "$(aictr stop web)"
wait $waiting
check "wait prints the exit code of who was asked to stop" equals 3 "$(cat "$work/code")"
check "what it wrote last is in the log" equals bye "$(aictr logs --tail 1 web)"
check "ps tells how it ended" contains "Exited (3)" "$(aictr ps -a)"
run aictr exec web true
check "exec needs a container that runs" contains "not running" "$errors"

check "start starts it again" equals web "$(aictr start web)"
check "from its own files" equals "done" "$(aictr exec web cat /tmp/mark)"
check "restart" equals web "$(aictr restart -t 1 web)"
check "and it runs" equals running "$(state web)"
aictr rename web wob
check "rename" equals running "$(state wob)"
run aictr rename wob 'a b'
check "a name that is none" equals 125 "$status"
check "kill" equals wob "$(aictr kill wob)"
check "kills" until_prints exited state wob
check "with SIGKILL" equals 137 "$(field wob '{{.State.ExitCode}}')"
run aictr rm wob
check "rm removes it" equals wob "$output"

stubborn=$(aictr run -d --name stubborn --stop-timeout 1 --network none busybox sleep 1000)
aictr stop stubborn >/dev/null
check "who does not listen is killed after --stop-timeout" equals 137 "$(aictr wait "${stubborn:0:8}")"
aictr rm stubborn >/dev/null
aictr run -d --name usr --stop-signal USR1 --network none busybox sh -c 'trap "exit 5" USR1; while :; do sleep 0.1 & wait $!; done' >/dev/null
sleep 0.3
aictr stop usr >/dev/null
check "--stop-signal is what asks it" equals 5 "$(aictr wait usr)"

run aictr create --name later --network none busybox sh -c 'echo late; exit 4'
check "create prints the id" matches '[0-9a-f]{64}' "$output"
check "and does not start it" equals created "$(state later)"
run aictr wait later
check "wait says that it was not started" contains "has not been started" "$errors"
run aictr start -a later
check "start -a stays, and has its exit code" equals "4:late" "$status:$output"
check "start -i passes our input" equals fed \
  "$(aictr create -i --name eats --network none busybox cat >/dev/null && echo fed | aictr start -ai eats)"

aictr run -d --name tries --restart on-failure:2 --network none busybox sh -c 'echo try; exit 6' >/dev/null
check "on-failure:2 runs it three times" until_prints "2 exited" field tries '{{.RestartCount}} {{.State.Status}}'
check "and its log has all of them" equals $'try\ntry\ntry' "$(aictr logs tries)"
aictr run -d --name always --restart always --network none busybox sh -c 'sleep 0.2' >/dev/null
check "always starts again what ended well" until_prints 1 field always '{{.RestartCount}}'
aictr stop -t 0 always >/dev/null
check "but not what was stopped" equals exited "$(state always)"
run aictr run --rm --restart always --network none busybox true
check "--rm and --restart exclude each other" equals 125 "$status"
run aictr run --restart sometimes --network none busybox true
check "a policy that is none tells which there are" contains unless-stopped "$errors"

aictr run -d --name chatty --log-opt max-size=1k --log-opt max-file=2 --network none busybox sh -c 'seq 1 200' >/dev/null
aictr wait chatty >/dev/null
chatty=$(field chatty '{{.Id}}')
check "a log has no more files than --log-opt says" equals 2 "$(find "$AICTR_ROOT/containers/$chatty" -name '*-json.log*' | wc -l)"
check "and its last line is the last" equals 200 "$(aictr logs --tail 1 chatty)"
aictr run -d --name mute --log-driver none --network none busybox echo >/dev/null
run aictr logs mute
check "without a log logs says why" contains "--log-driver none" "$errors"
aictr run -d --name slow --network none busybox sh -c 'printf half; sleep 1; echo; echo next; sleep 0.5' >/dev/null
check "logs -f follows until the end" equals $'half\nnext' "$(timeout -s KILL 20 aictr logs -f slow)"
check "logs keeps the streams apart" equals "out err" "$(aictr run --name two --network none busybox sh -c 'echo out; echo err >&2' >/dev/null 2>&1
  echo "$(aictr logs two 2>/dev/null) $(aictr logs two 2>&1 >/dev/null)")"

aictr run -d -i --name cat --network none busybox cat >/dev/null
(sleep 0.5; echo attached; sleep 0.5) | timeout 3 aictr attach --sig-proxy=false cat >"$work/attached" || true
check "attach carries both ways" equals attached "$(cat "$work/attached")"
check "and leaves it running" equals running "$(state cat)"
run sh -c 'timeout -s KILL 20 aictr run --rm --network none busybox yes | head -n 1'
check "a pipe that is closed ends who writes into it" equals "0:y" "$status:$output"
head -c 5000000 /dev/urandom >"$work/random"
aictr run --rm -i --network none busybox cat <"$work/random" >"$work/carried"
check "megabytes come through whole" cmp "$work/random" "$work/carried"

pid=$(field cat '{{.State.Pid}}')
monitor=$(ps -o ppid= -p "$pid" | xargs)
kill -TERM "$monitor"
check "a monitor that is asked to end ends the container" until_prints exited state cat
run aictr run --name failing --network none busybox no-such-command
check "what could not be started leaves no container" equals "127:" "$status:$(state failing)"

aictr ps -aq | xargs aictr rm -f >/dev/null
check "no container is left" equals "" "$(aictr ps -aq)"
check "no file is left" equals "" "$(find "$AICTR_RUNROOT/containers" "$AICTR_RUNROOT/attach" -mindepth 1)"
check "no monitor is left" equals "" "$(pgrep -f "aictr-monitor.*$id" || true)"
