#!/bin/bash
# What of scripts/base-image needs no network; the Debian images are made by scripts/demo and the tests of the examples.
. "$(dirname "$0")/../lib.sh"
need_root
need busybox
own_store
export AICTR=$AICTR_BIN/aictr
base_image=$AICTR_SOURCE/scripts/base-image

run "$base_image" busybox
check "the busybox image is made" equals 0 "$status"
id=$(aictr images -q --no-trunc busybox)
check "it is in the store" matches 'sha256:[0-9a-f]{64}' "$id"
run "$base_image" busybox
check "the second time it is there already" contains "is here already" "$output"
run "$base_image" --force busybox
check "made again it is the same image" equals "$id" "$(aictr images -q --no-trunc busybox)"
check "and nothing else is left" equals 1 "$(aictr images -q | wc -l)"
run aictr history busybox
check "it says what it is" contains "busybox, static" "$output"

run "$base_image" python:2
check "an unknown image is refused" equals 1 "$status"
check "with the list of those there are" contains "python:3.9" "$errors"
run "$base_image" --frce busybox
check "so is an unknown option" contains "--frce" "$errors"
run "$base_image"
check "and no name at all" equals 1 "$status"
run env AICTR=/nowhere/aictr "$base_image" busybox
check "a missing aictr is named" contains "/nowhere/aictr" "$errors"
