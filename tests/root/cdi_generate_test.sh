#!/bin/bash
# `aictr cdi generate`: the CDI file of a driver that is made up, which must be one that aictr itself takes.

. "$(dirname "$0")/../lib.sh"
need_root
need cc
own_store

"$AICTR_SOURCE/tests/fixtures/make_driver.sh" debian "$work/machine"
export AICTR_DRIVER_ROOT=$work/machine/root AICTR_DEV_ROOT=$work/machine/dev
export AICTR_PROC_ROOT=$work/machine/proc AICTR_SYS_ROOT=$work/machine/sys
mkdir "$work/cdi"

run aictr cdi generate --output "$work/cdi/nvidia.yaml"
check "a file is written" equals 0 "$status"
run aictr cdi validate "$work/cdi/nvidia.yaml"
check "aictr finds nothing wrong with it" equals 0 "$status"
run aictr cdi list --cdi-spec-dir "$work/cdi" --format '{{.Name}}'
check "each GPU has its index and UUID, and there is all" equals "nvidia.com/gpu=0
nvidia.com/gpu=1
nvidia.com/gpu=GPU-00000000-0000-0000-0000-000000000000
nvidia.com/gpu=GPU-00000000-0000-0000-0000-000000000001
nvidia.com/gpu=all" "$output"
run aictr cdi generate --format json
check "JSON is written where it is asked for" contains '"kind": "nvidia.com/gpu"' "$output"
check "libraries are there under the names that programs load" contains '/libcuda.so.1"' "$output"
