#!/bin/bash
# examples/pytorch: DataLoader workers that need more than 64 MiB of /dev/shm, and a checkpoint on the host.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=images.sh
. "$(dirname "$0")/images.sh"
need_root
need mmdebstrap aictr
shared_store
base_image debian:trixie

run aictr build --progress=plain -t pytorch-stripes "$AICTR_SOURCE/examples/pytorch"
check "the example builds" equals 0 "$status"

checkpoints=$work/checkpoints
owner=1234:4321
mkdir "$checkpoints"
chown $owner "$checkpoints"
run aictr run --rm -u $owner -v "$checkpoints:/checkpoints" pytorch-stripes
check "the example runs as an ordinary user" equals 0 "$status"
check "its loss falls" falls "$(losses "$output")"
check "its checkpoint is on the host" test -s "$checkpoints/model.pt"
check "and belongs to the user who asked" equals $owner "$(stat -c %u:%g "$checkpoints/model.pt")"
batches=$(sed -n 's/^up to \([0-9]*\) MiB of batches.*/\1/p' <<<"$output")
check "more than 64 MiB were in /dev/shm" test "${batches:-0}" -gt 64

run aictr run --rm --shm-size 64m -u $owner -v "$checkpoints:/checkpoints" pytorch-stripes
check "with the /dev/shm of other engines it dies" fails equals 0 "$status"
check "of a bus error" contains "Bus error" "$output$errors"
