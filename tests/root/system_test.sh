#!/bin/bash
# system df counts what du counts, system prune leaves nothing, system check --repair takes out what is damaged and no more.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image box
mkdir "$work/context"
printf 'FROM box\nRUN --mount=type=cache,target=/c head -c 100000 /dev/urandom >/c/kept && echo one >/one\nRUN echo two >/two\n' \
  >"$work/context/Dockerfile"
aictr build -q -t app "$work/context" >/dev/null

bytes() { # TYPE
  aictr system df --format "{{.Type}}:{{.$2}}" | sed -n "s/^$1://p"
}
on_disk() { du -s --block-size=1 "$AICTR_ROOT" | cut -f 1; }
sum() { aictr system df --format '{{.Bytes}}' | awk '{ n += $1 } END { print n }'; }

echo "# system df"
aictr run --name keeper --network none app sh -c 'head -c 300000 /dev/urandom >/written'
aictr run --network none app true
mkdir -p "$AICTR_ROOT/downloads"
head -c 1000000 /dev/zero >"$AICTR_ROOT/downloads/$(printf 'a%.0s' $(seq 64))"
run aictr system df
check "system df succeeds" equals 0 "$status"
check "with Docker's columns" matches 'TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE' "$output"
check "all of it is what du counts" equals "$(on_disk)" "$(sum)"
check "images and those in use are counted" matches 'Images +2 +1 .*' "$output"
check "containers too" matches 'Containers +2 +0 .*' "$output"
check "what nothing uses can be reclaimed" equals "$(bytes Containers Bytes)" "$(bytes Containers ReclaimableBytes)"
check "what a container has written is its own" test "$(bytes Containers Bytes)" -ge 300000
check "cache mounts are the build cache's" test "$(bytes 'Build Cache' Bytes)" -ge 100000
check "a broken download is told" equals "1000000 1" "$(bytes Unfinished Bytes | awk '{ print int($1 / 1000000) * 1000000 }') $(bytes Unfinished TotalCount)"
aictr run --name runner --network none app sleep 100 &
runner=$!
for _ in $(seq 100); do
  [ -z "$(aictr ps -q)" ] || break
  sleep 0.05
done
check "a container that runs is in use" equals 1 "$(bytes Containers Active)"
run aictr system df --format json
check "as JSON, one object a line" equals 6 "$(grep -c '^{.*"Type":' <<<"$output")"
run aictr system df more
check "arguments are refused" equals 125 "$status"

echo "# system prune"
run aictr system prune -f
check "system prune removes containers that have stopped" equals runner "$(aictr ps -a --format '{{.Names}}')"
check "and tells the room" matches 'Total reclaimed space: [0-9.]+[kM]B' "$output"
check "images stay" equals 2 "$(aictr images -q | wc -l)"
check "what is unfinished goes" equals 0 "$(bytes Unfinished Bytes)"
run aictr system prune -a -f
check "--all leaves what a running container needs" equals "app:latest" "$(aictr images --format '{{.Repository}}:{{.Tag}}')"
aictr rm -f runner >/dev/null
wait $runner || true
run aictr system prune --all --force
check "and nothing when there is none" equals 0 "$status"
for part in Images Containers 'Build Cache' Unfinished; do
  check "$part: nothing is left" equals 0 "$(bytes "$part" Bytes)"
done
check "no file of the store has anything in it but its version" equals version "$(find "$AICTR_ROOT" -type f -size +0 -printf '%P\n')"
check "no directory but its own is left" equals "" "$(find "$AICTR_ROOT"/{layers,blobs/sha256,drafts,downloads} "$AICTR_ROOT"/cache/* -mindepth 1)"
exec 9<"$AICTR_ROOT/hold"
flock -s 9
run aictr system prune -a -f
check "a build cache in use is left alone, with a hint" contains "the build cache is in use" "$errors"
exec 9<&-

echo "# system check --repair"
layer_of() { echo "$AICTR_ROOT/layers/$(aictr inspect --format '{{index .RootFS.Layers 0}}' "$1" | cut -d: -f 2)"; }
for kind in directory tar; do
  busybox_image box
  aictr build -q -t app "$work/context" >/dev/null
  if [ $kind = tar ]; then
    aictr save -o "$work/box.tar" box app
    aictr system prune -a -f >/dev/null
    AICTR_LAYERS=tar aictr load -q -i "$work/box.tar" >/dev/null
    damaged=$(layer_of box)/layer.erofs
    [ -e "$damaged" ] || continue
  else
    damaged=$(layer_of box)/fs/etc/passwd
  fi
  upper=$(aictr inspect --format '{{index .RootFS.Layers 1}}' app | cut -d: -f 2)
  run aictr system check --repair
  check "nothing to repair is no error ($kind)" equals "0:" "$status:$output"
  aictr run --name user --network none box true
  printf x | dd of="$damaged" bs=1 seek=30 conv=notrunc status=none
  run aictr system check
  check "damage is found ($kind)" equals 1 "$status"
  run aictr system check --repair
  check "what a container needs is left alone ($kind)" contains "remove the container first" "$output"
  check "which is no success ($kind)" equals 1 "$status"
  aictr rm user >/dev/null
  run aictr system check --repair
  check "after a repair the store is sound ($kind)" equals 0 "$status"
  check "it says what is gone ($kind)" contains "removed layer" "$output"
  check "and which images have to be made again ($kind)" contains "removed image app:latest" "$output"
  check "they are not listed ($kind)" equals "" "$(aictr images -q)"
  check "a layer that is sound stays ($kind)" test -e "$AICTR_ROOT/layers/$upper/layer.json"
  if [ $kind = tar ]; then
    aictr load -q -i "$work/box.tar" >/dev/null
  else
    busybox_image box
    aictr build -q -t app "$work/context" >/dev/null
  fi
  check "the next command makes it whole ($kind)" equals two "$(aictr run --rm --network none app cat /two)"
  run aictr system check -q
  check "the store is sound ($kind)" equals "0:" "$status:$output"
  aictr system prune -a -f >/dev/null
done

busybox_image box
for part in Id RepoDigests; do
  blob=$AICTR_ROOT/blobs/sha256/$(aictr inspect --format "{{json .$part}}" box | grep -oE '[0-9a-f]{64}' | head -n 1)
  [ -e "$blob" ] || continue
  echo x >>"$blob"
  run aictr system check --repair
  check "a damaged blob goes, and its image ($part)" equals "0 " "$status $(aictr images -q)"
  busybox_image box
done
rm "$AICTR_ROOT"/blobs/sha256/*
run aictr images
check "an image without its blobs cannot be listed" fails test "$status" -eq 0
run aictr system check --repair
check "a repair forgets it" equals "0 " "$status $(aictr images -q)"
