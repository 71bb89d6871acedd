#!/bin/bash
# Files that a reader can take in: none over 600 lines. What is long without breaking that is listed for the eye.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work

line_counts() {
  project_files "$1" | grep -E '\.(cpp|h|sh|py|cmake)$|^scripts/|CMakeLists\.txt$' |
    while read -r file; do
      if [ -f "$1/$file" ]; then echo "$(wc -l <"$1/$file") $file"; fi
    done | sort -rn
}

too_long() { line_counts "$1" | awk '$1 > 600'; }

check "no file has more than 600 lines" equals "" "$(too_long "$AICTR_SOURCE")"
mapfile -t long < <(seq 601)
finds "a file of 601 lines is found" too_long runtime/linux.cpp "${long[@]}"
accepts "a file of 600 lines is right" too_long runtime/linux.cpp "${long[@]:1}"

counts=$(line_counts "$AICTR_SOURCE" | grep -E '\.(cpp|h)$')
awk '{ lines[NR] = $1 } END { printf "%d C++ files, median %d lines\n", NR, lines[int((NR + 1) / 2)] }' <<<"$counts"
awk '$1 > 400 || ($1 > 150 && /\.h$/) { print "long: " $2 " (" $1 " lines)" }' <<<"$counts"
