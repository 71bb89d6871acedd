#!/bin/bash
# top and stats: the processes of a container and what they use.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need ps
busybox_image busybox

run aictr stats --no-stream
check "stats of nothing is its title" matches \
  'CONTAINER ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET I/O +BLOCK I/O +PIDS' "$output"
aictr run --name ended busybox true
aictr run --name works --network none --memory 64m busybox sh -c 'sleep 600 & while :; do :; done' &
at_exit "aictr rm -f works >/dev/null 2>&1; wait $! 2>/dev/null"

has_processes() { # NUMBER
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    [ "$(aictr top works -eo pid,args 2>/dev/null | wc -l)" -eq "$1" ] && return 0
    sleep 0.05
  done
  return 1
}
check "top lists a container's processes alone" has_processes 3
run aictr top works
check "top has Docker's columns, at Docker's widths" matches \
  'UID                 PID                 PPID                C                   STIME               TTY                 TIME                CMD' \
  "$output"
check "top tells whose a process is and what it runs" matches "[a-z0-9]+ +[0-9]+ +[0-9]+ .*sleep 600" "$output"
pid=$(aictr inspect --format '{{.State.Pid}}' works)
check "numbers are the host's" matches "$pid +sh -c .*" "$(aictr top works -eo pid,args)"
run aictr top works -eo args
check "a list without numbers is refused" equals "125:" "$status:$output"
run aictr top ended
check "top of one that has ended is an error" contains "container 'ended' is not running" "$errors"

run aictr stats --no-stream
check "stats lists what runs, with its memory, limit and processes" matches \
  '[0-9a-f]{12} +works +[0-9]+\.[0-9]{2}% +[0-9.]+[KM]iB / 64MiB +[0-9]+\.[0-9]{2}% +0B / 0B .* 2' "$output"
check "and nothing else" equals 2 "$(wc -l <<<"$output")"
check "a busy loop uses a processor" fails grep -q ' 0\.00% ' <<<"$(aictr stats --no-stream --format ' {{.CPUPerc}} ')"
run aictr stats -a --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}'
check "-a lists those that have ended, which use nothing" matches 'ended 0\.00% 0B / 0B 0' "$output"
run aictr stats --no-stream --format json ended
check "JSON has Docker's members" matches \
  '\{"BlockIO":"0B / 0B","CPUPerc":"0.00%","Container":"[0-9a-f]{12}","ID":"[0-9a-f]{12}","MemPerc":"0.00%","MemUsage":"0B / 0B","Name":"ended","NetIO":"0B / 0B","PIDs":"0"\}' \
  "$output"
check "--no-trunc shows whole ids" matches '[0-9a-f]{64}' "$(aictr stats --no-stream --no-trunc --format '{{.ID}}' works)"
run aictr stats --no-stream nobody
check "stats of no container is an error" equals "125:" "$status:$output"
run sh -c "aictr stats --format '{{.Name}}' works | head -n 2"
check "stats goes on until it is ended" equals "works works" "$(xargs <<<"$output")"
