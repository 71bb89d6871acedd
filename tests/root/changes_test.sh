#!/bin/bash
# diff, commit and export: what a container has changed, as a list, as an image, and whole.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image base
export SOURCE_DATE_EPOCH=1700000000

until_there() { # NAME PATH
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    aictr cp "$1:$2" - >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  return 1
}

change='mkdir -p /new/sub; echo x >/new/file; ln /new/file /new/again; ln -s file /new/link; mkfifo /new/pipe
  rm /etc/group; rm -r /home; chmod 700 /var; echo more:x:9:9::/: >>/etc/passwd; touch /usr/gone; rm /usr/gone; rm /usr/bin
  mkdir /usr/bin; touch /usr/bin/it; truncate -s 40M /new/sparse; chown 7:8 /new/sub; chmod 4755 /new/file'
run aictr run --name idle base true
run aictr diff idle
check "a container that changes nothing has no changes: its mounts are none" equals "0::" "$status:$output:$errors"
run aictr run --name box --label who=me base sh -c "$change"
expected="C /etc
D /etc/group
C /etc/passwd
D /home
A /new
A /new/again
A /new/file
A /new/link
A /new/pipe
A /new/sparse
A /new/sub
C /usr
C /usr/bin
A /usr/bin/it
C /var"
run aictr diff box
check "diff lists what was added, changed and deleted" equals "$expected" "$output"
run aictr diff nobody
check "diff of no container is an error" equals "125:" "$status:$output"

aictr run --name works -v "$work:/data" --tmpfs /scratch base \
  sh -c "$change; touch /scratch/x; touch /ready; sleep 600" &
at_exit "aictr rm -f works >/dev/null 2>&1; wait $! 2>/dev/null"
check "a container runs" until_there works /ready
run aictr diff works
check "diff of one that runs is without its mounts" equals "$expected" "$(grep -v /ready <<<"$output")"

echo "# commit"
run aictr commit -m 'by hand' -a me -c 'CMD ["cat", "/new/file"]' -c 'ENV A=1' box made:1
check "commit prints the image's ID" matches 'sha256:[0-9a-f]{64}' "$output"
first=$output
check "what it made runs, as it was told" equals x "$(aictr run --rm made:1)"
check "it has the changes" equals "7:8 4755 2 pipe file it no no" "$(aictr run --rm made:1 sh -c \
  'echo $(stat -c %u:%g /new/sub) $(stat -c "%a %h" /new/file) $(test -p /new/pipe && echo pipe) $(readlink /new/link) \
  $(ls /usr/bin) $(test -e /etc/group || echo no) $(test -e /home || echo no)')"
check "message and author are in it" contains "by hand" "$(aictr history made:1)"
check "its author too" equals me "$(aictr inspect --format '{{.Author}}' made:1)"
check "the container's labels too" equals me "$(aictr inspect --format '{{.Config.Labels.who}}' made:1)"
check "it has one layer more" equals 2 "$(aictr inspect --format '{{len .RootFS.Layers}}' made:1)"
run aictr run --name same base true
run aictr diff box
check "commit leaves the container as it is" equals "$expected" "$output"
run aictr commit -m 'by hand' -a me -c 'CMD ["cat", "/new/file"]' -c 'ENV A=1' box
check "the same again is the same image" equals "$first" "$output"
run aictr commit -c 'RUN x' box
check "a change that is none is an error" equals 125 "$status"
run aictr commit idle idle:1
check "a commit of nothing adds no layer" equals "0:1" "$status:$(aictr inspect --format '{{len .RootFS.Layers}}' idle:1)"
run aictr commit works works:1
check "one that runs can be committed" equals 0 "$status"
check "and still runs" equals "works" "$(aictr ps --filter status=running --format '{{.Names}}')"
check "it is not left paused" equals "running" "$(aictr inspect --format '{{.State.Status}}' works)"
check "mount points are not in the image" equals "no no" "$(aictr run --rm works:1 sh -c \
  'echo $(test -e /data || echo no) $(test -e /scratch || echo no)')"
run aictr commit --pause=false works works:2
check "--pause=false does without" equals "0:x" "$status:$(aictr run --rm works:2 cat /new/file)"
check "the command is the container's" contains "sleep 600" "$(aictr inspect --format '{{json .Config.Cmd}}' works:1)"

echo "# export"
for box in box works; do
  run aictr export -o "$box.tar" "$box"
  check "export of $box says nothing" equals "0::" "$status:$output:$errors"
  tar -tvf "$box.tar" --numeric-owner >"$work/list"
  check "it has what the image has" grep -q ' ./bin/busybox$' "$work/list"
  check "it has what was added" grep -q '7/8 .* ./new/sub/$' "$work/list"
  check "it lacks what was deleted" fails grep -q -e ' ./etc/group$' -e ' ./home/' "$work/list"
  check "it has nothing of what is mounted" fails grep -qE ' ./(proc|sys|dev|data|scratch)/.+' "$work/list"
  check "files have their setuid bit" grep -q '^-rwsr-xr-x .* ./new/\(again\|file\)' "$work/list"
  check "a file of holes takes no room" at_most 8000000 "$(stat -c %s "$box.tar")"
  run aictr import "$box.tar" "flat:$box"
  check "import takes it" equals 0 "$status"
  check "and what comes of it runs" equals "x 41943040" "$(aictr run --rm "flat:$box" sh -c \
    'echo $(cat /new/again) $(stat -c %s /new/sparse)')"
  rm "$box.tar"
done
run sh -c 'aictr export idle | tar -t | wc -l'
check "export writes to standard output" fails equals 0 "$output"
run aictr export nobody
check "export of no container is an error" equals "125:" "$status:$output"
