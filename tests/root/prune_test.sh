#!/bin/bash
# image prune and system check: nothing that is used goes, nothing that nobody needs stays, and damage is found.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image box

build() { # NAME TEXT
  mkdir -p "$work/context"
  printf 'FROM box\nRUN echo %s >/text\n' "$2" >"$work/context/Dockerfile"
  aictr build -q -t "$1" "$work/context"
}
layers() { find "$AICTR_ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l; }

run aictr system check
check "a sound store is sound" equals "0:" "$status:$output"
check "and told so" contains "1 images, 1 layers: nothing is damaged" "$errors"
check "in silence with -q" equals "" "$(aictr system check -q 2>&1)"

echo "# image prune"
first=$(build app one)
second=$(build app two)
rm -r "$AICTR_ROOT/cache/steps"
mkdir -p "$AICTR_ROOT/downloads"
head -c 1000000 /dev/zero >"$AICTR_ROOT/downloads/$(printf 'a%.0s' $(seq 64))"
exec 9>"$AICTR_ROOT/downloads/$(printf 'b%.0s' $(seq 64))"
flock 9
check "an image without a name waits to be pruned" equals 3 "$(layers)"
run aictr image prune -f
check "image prune succeeds" equals 0 "$status"
check "it removes the image that lost its name" contains "Deleted: $first" "$output"
check "and tells the room" matches 'Total reclaimed space: 1[.0-9]*MB' "$output"
check "the one with a name stays" equals "$second" "$(aictr inspect --format '{{.Id}}' app)"
check "its layers too" equals 2 "$(layers)"
check "a broken download is gone, one that runs is not" equals "$(printf 'b%.0s' $(seq 64))" "$(ls "$AICTR_ROOT/downloads")"
exec 9>&-
run aictr image prune
check "nothing more to do is no error" equals "0 Total reclaimed space: 0B" "$status $output"
aictr run --name keeper --network none box true
run aictr image prune -a -f
check "-a removes what no container uses" equals "box:latest" "$(aictr images --format '{{.Repository}}:{{.Tag}}')"
aictr rm keeper >/dev/null
run aictr image prune -a -f
check "and everything when there is no container" equals "" "$(aictr images -q)"
check "nothing is left" equals "" "$(find "$AICTR_ROOT"/{layers,blobs/sha256,drafts,downloads} -mindepth 1)"

echo "# system check"
busybox_image box
layer=$(echo "$AICTR_ROOT"/layers/*)
echo more >>"$layer/fs/etc/passwd"
run aictr system check
check "a changed file is found" equals 1 "$status"
check "with the layer that it is in" contains "layer sha256:$(basename "$layer")" "$output"
aictr rmi box >/dev/null
busybox_image box
blob=$(find "$AICTR_ROOT/blobs" -type f | head -n 1)
echo >>"$blob"
run aictr system check
check "a changed blob is found" contains "blob sha256:$(basename "$blob"): its bytes are not" "$output"
aictr rmi -f box >/dev/null
aictr image prune -f >/dev/null
busybox_image box
rm -r "$AICTR_ROOT"/layers/*
run aictr system check
check "a missing layer is found" contains "is missing" "$output"
