#!/bin/bash
# Health checks of containers, and the events that they and others leave.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
at_exit 'aictr ps -aq | xargs -r aictr rm -f >/dev/null 2>&1'

health() { aictr inspect --format '{{.State.Health.Status}}' "$1"; }
until_health() { # NAME STATUS
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    [ "$(health "$1")" = "$2" ] && return 0
    sleep 0.1
  done
  printf '  got: %s\n' "$(health "$1")" && return 1
}

quick=(--network none --health-interval 200ms --health-timeout 1s --health-retries 2)
aictr run -d --name web "${quick[@]}" --health-cmd 'cat /well && echo looked' busybox sleep 1000 >/dev/null
check "before the first look it is starting" contains "(health: starting)" "$(aictr ps --format '{{.Status}}')"
check "failures in a row make it unhealthy" until_health web unhealthy
check "ps tells" contains "(unhealthy)" "$(aictr ps --format '{{.Status}}')"
check "inspect has what was printed" contains "No such file" \
  "$(aictr inspect --format '{{json .State.Health.Log}}' web)"
aictr exec web sh -c 'echo fine >/well'
check "one success makes it healthy" until_health web healthy
check "ps finds it by that" equals web "$(aictr ps --filter health=healthy --format '{{.Names}}')"
check "events tell of the change" contains "health_status: healthy" "$(aictr events --since 1h --until 0s)"

aictr run -d --name slow "${quick[@]}" --health-cmd 'sleep 30' busybox sleep 1000 >/dev/null
check "a look that takes too long is a failure" until_health slow unhealthy
check "and says so" contains "exceeded timeout" "$(aictr inspect --format '{{json .State.Health.Log}}' slow)"
aictr run -d --name patient --network none --health-interval 200ms --health-retries 1 --health-start-period 1h \
  --health-start-interval 200ms --health-cmd false busybox sleep 1000 >/dev/null
sleep 1.5
check "failures do not count in the start period" equals starting "$(health patient)"
run aictr run --no-healthcheck --health-cmd true busybox true
check "--no-healthcheck and --health-cmd exclude each other" equals 125 "$status"

aictr run --name brief --label team=a --network none busybox sh -c 'exit 3' || true
check "events tell of a life in order" equals $'create\nstart\ndie' \
  "$(aictr events --since 1h --until 0s --filter container=brief --format '{{.Action}}')"
check "and of the exit code" contains '"exitCode":"3"' \
  "$(aictr events --since 1h --until 0s --filter container=brief --filter event=die --format json)"
check "a label finds events" equals 3 \
  "$(aictr events --since 1h --until 0s --filter label=team=a --format '{{.Action}}' | wc -l)"
timeout -s KILL 20 aictr events --filter event=kill --format '{{.Actor.Attributes.name}}' >"$work/followed" &
follower=$!
sleep 0.5
aictr kill web >/dev/null
for _ in $(seq 50); do [ ! -s "$work/followed" ] || break; sleep 0.1; done
kill "$follower"
check "events goes on with what comes" equals web "$(cat "$work/followed")"
run aictr events --filter color=red
check "a filter that is none tells which there are" contains container "$errors"
