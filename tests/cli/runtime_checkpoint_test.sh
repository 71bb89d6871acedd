#!/bin/bash
# checkpoint and restore without criu, and with words that it has no meaning for: one clear line. That they work is tested in
# the virtual machine (tests/vm/guest/checkpoint.sh), on a kernel that Debian's criu knows.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work

run aictr-runtime --root "$work/state" checkpoint web
check "a container that is not there cannot be checkpointed" contains "container 'web' does not exist" "$errors"
run aictr-runtime --root "$work/state" checkpoint --page-server nowhere web
check "a page server has a port" contains "--page-server: 'nowhere' is no ADDRESS:PORT" "$errors"
mkdir -p "$work/bundle/rootfs"
(cd "$work/bundle" && aictr-runtime spec)
run env PATH=/nowhere "$AICTR_BIN/aictr-runtime" --root "$work/state" restore -b "$work/bundle" -no-subreaper web
check "without criu there is no restore" contains "restore: the program criu is not installed" "$errors"
check "which is an error" equals 1 "$status"
check "and leaves nothing" equals "" "$(ls "$work/state")"
