#!/bin/bash
# Volumes as a person meets them: made, filled, shared, kept from removal, removed with their container, pruned, counted.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
mkdir "$work/context"
cat >"$work/context/Dockerfile" <<'END'
FROM busybox
RUN mkdir /data && echo image >/data/file && chown 12:34 /data /data/file && chmod 750 /data
VOLUME /data
VOLUME /empty
END
aictr build -q -t app "$work/context" >/dev/null

in_box() { run aictr run --rm --network none "$@"; }
volumes() { aictr volume ls -q | wc -l; }

echo "# volume create, ls, inspect, rm"
run aictr volume create --label a=b models
check "create prints the name" equals models "$output"
run aictr volume create models
check "and is content with one that is there" equals "0 models" "$status $output"
run aictr volume ls
check "ls has Docker's columns" matches 'DRIVER +VOLUME NAME' "$output"
check "and lists it" matches 'local +models' "$output"
check "filters by label" equals models "$(aictr volume ls -q --filter label=a=b)"
check "and by what it is not" equals "" "$(aictr volume ls -q --filter label=a=c)"
check "json is an object a line" contains '"Name":"models"' "$(aictr volume ls --format json)"
check "inspect tells where it is" equals "$AICTR_ROOT/volumes/models/_data" \
  "$(aictr volume inspect -f '{{.Mountpoint}}' models)"
run aictr volume inspect nothing
check "inspect of none is an error" equals "1 []" "$status $output"
run aictr volume create a
check "a name of one letter is refused" equals 125 "$status"
run aictr volume rm models
check "rm prints the name" equals "0 models" "$status $output"
run aictr volume rm models
check "rm of none is an error" equals 1 "$status"
run aictr volume rm -f models
check "unless forced" equals 0 "$status"

echo "# in a container"
in_box -v named:/v busybox sh -c 'echo kept >/v/file'
check "a named volume is made by itself" equals named "$(aictr volume ls -q)"
in_box -v named:/v:ro busybox sh -c 'cat /v/file; echo x >/v/x'
check "and keeps what was written" equals kept "$output"
check "ro is read-only" contains "Read-only" "$errors"
in_box --mount source=named,target=/v busybox cat /v/file
check "--mount is of type volume" equals kept "$output"
in_box -v named:/v -v "$work/context:/v/below" busybox ls /v/below
check "a mount below a volume" equals Dockerfile "$output"
in_box -v "$work/context:/v/below" -v named:/v busybox ls /v/below
check "whatever their order" equals Dockerfile "$output"
aictr volume rm named >/dev/null

echo "# filled from the image"
in_box -v data:/data app sh -c 'stat -c "%u:%g %a" /data; stat -c "%u:%g" /data/file; cat /data/file; echo changed >/data/file'
check "an empty volume takes what the image has, with owner and mode" equals $'12:34 750\n12:34\nimage' "$output"
in_box -v data:/data app cat /data/file
check "only when it is empty" equals changed "$output"
in_box -v bare:/data:nocopy app ls /data
check "and not with nocopy" equals "" "$output"
check "volumes of the image go with --rm" equals $'bare\ndata' "$(aictr volume ls -q)"
aictr volume rm bare data >/dev/null

echo "# anonymous volumes"
aictr run --name one --network none -v /extra app sh -c 'echo mine >/data/file; echo more >/extra/file'
check "the image's and one more" equals 3 "$(volumes)"
check "ps shows them" matches "[0-9a-f]{14}….*" "$(aictr ps -a --format '{{.Mounts}}')"
check "inspect too" contains "volume /data" "$(aictr inspect -f '{{range .Mounts}}{{.Type}} {{.Destination}} {{end}}' one)"
in_box --volumes-from one busybox cat /data/file /extra/file
check "--volumes-from mounts them elsewhere" equals $'mine\nmore' "$output"
in_box --volumes-from one:ro busybox touch /data/x
check "read-only when asked" contains "Read-only" "$errors"
volume=$(aictr inspect -f '{{range .Mounts}}{{.Name}} {{end}}' one)
volume=${volume%% *}
check "ps finds who uses a volume" equals one "$(aictr ps -a --filter "volume=$volume" --format '{{.Names}}')"
check "or a place" equals one "$(aictr ps -a --filter volume=/data --format '{{.Names}}')"
check "and not who does not" equals "" "$(aictr ps -a --filter volume=/dat --format '{{.Names}}')"
run aictr volume rm "$volume"
check "a volume that is used stays" contains "is in use by one" "$errors"
check "is not dangling" equals "" "$(aictr volume ls -q --filter dangling=true)"
check "and prune leaves it" equals "Total reclaimed space: 0B" "$(aictr volume prune -af)"
aictr rm one >/dev/null
check "rm leaves the volumes" equals 3 "$(volumes)"
check "which are dangling now" equals 3 "$(aictr volume ls -q --filter dangling=true | wc -l)"
check "system df counts them" matches 'Local Volumes +3 +0 .*' "$(aictr system df)"
check "and all of it is what du counts" equals "$(du -s --block-size=1 "$AICTR_ROOT" | cut -f 1)" \
  "$(aictr system df --format '{{.Bytes}}' | awk '{ n += $1 } END { print n }')"
aictr volume create kept >/dev/null
run aictr volume prune -f
check "prune removes those without a name" equals kept "$(aictr volume ls -q)"
check "and says so in Docker's words" contains "Deleted Volumes:" "$output"
aictr run --name two --network none app true
aictr rm -v two >/dev/null
check "rm -v takes a container's own volumes away" equals kept "$(aictr volume ls -q)"
aictr run --name three --network none app true
aictr system prune -f >/dev/null
check "system prune leaves volumes" equals 3 "$(volumes)"
aictr system prune -f --volumes >/dev/null
check "unless --volumes" equals kept "$(aictr volume ls -q)"
run aictr run --rm --network none -v /extra app no-such-command
check "a run that fails leaves no volume" equals "127 kept" "$status $(aictr volume ls -q)"
aictr run -d --rm --name victim --network none app sleep 100 >/dev/null
kill -KILL "$(ps -o ppid= -p "$(aictr inspect --format '{{.State.Pid}}' victim)" | xargs)"
for _ in $(seq 50); do [ "$(volumes)" = 1 ] && break; aictr ps -a >/dev/null; sleep 0.1; done
check "nor does one that was killed, once somebody looks" equals kept "$(aictr volume ls -q)"

echo "# options"
aictr volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=64k,mode=700 fast >/dev/null
in_box -v fast:/f busybox sh -c 'stat -f -c %T /f; stat -c %a /f; df -k /f | tail -1 | awk "{print \$2}"'
check "a volume of a type is mounted as such" equals $'tmpfs\n700\n64' "$output"
aictr volume create --opt type=none --opt "device=$work/context" --opt o=bind,ro elsewhere >/dev/null
in_box -v elsewhere:/e busybox sh -c 'ls /e; touch /e/x'
check "or a bind of another directory" equals Dockerfile "$output"
check "with its options" contains "Read-only" "$errors"
mkdir "$work/given"
touch "$work/given/file"
in_box -u 77:88 -v "$work/given:/g:U" busybox sh -c 'touch /g/new && stat -c %u:%g /g/file'
check "U gives the source to the container's user" equals "77:88 77:88" "$output $(stat -c %u:%g "$work/given/new")"
in_box -v "$work/given:/g:idmap=uids=77-0-1;gids=88-0-1" busybox sh -c 'stat -c %u:%g /g/file; touch /g/mapped'
check "idmap shows files as the container's user's" equals 0:0 "$output"
check "and what it writes belongs to their owner" equals 77:88 "$(stat -c %u:%g "$work/given/mapped")"
in_box --mount "type=bind,src=/proc/self,dst=/p,bind-nonrecursive,ro" busybox cat /p/comm
check "bind-nonrecursive" equals 0 "$status"
in_box --mount type=tmpfs,dst=/t,tmpfs-size=64k,tmpfs-mode=1700 busybox sh -c 'stat -c %a /t; df -k /t | tail -1 | awk "{print \$2}"'
check "tmpfs-size and tmpfs-mode" equals $'1700\n64' "$output"
in_box --read-only busybox sh -c 'for d in /tmp /run /var/tmp /dev/shm; do touch $d/x || echo $d; done; touch /x'
check "a read-only root has its temporary places" equals "" "$output"
check "and is read-only" contains "Read-only" "$errors"
in_box --read-only --read-only-tmpfs=false busybox touch /tmp/x
check "which can be read-only as well" contains "Read-only" "$errors"
aictr volume prune -af >/dev/null
check "nothing is left" equals "$(printf '.\n..\n.lock')" "$(ls -a "$AICTR_ROOT/volumes")"
