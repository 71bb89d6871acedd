#!/bin/bash
# The sources are what clang-format makes of them. Another version formats differently, so only one judges.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work
need clang-format-14

unformatted() {
  local files
  mapfile -t files < <(code_files "$1" base oci images runtime hooks cli tests cmake)
  (cd "$1" && clang-format-14 --dry-run "--style=file:$AICTR_SOURCE/.clang-format" "${files[@]}" 2>&1) |
    sed -n 's/^\([^:]*:[0-9]*\):.*clang-format-violations.*/\1/p' | sort -u
}

check "the sources are formatted" equals "" "$(unformatted "$AICTR_SOURCE")"
finds "a source that is not formatted is found" unformatted base/x.cpp 'int  x ;'
accepts "a source that is formatted is right" unformatted base/x.cpp 'int x;'
