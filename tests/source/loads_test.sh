#!/bin/bash
# The programs that start often load no library, or none but the few that cost nothing: a dynamic loader's work is a good
# part of the time of a container's start.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work
need readelf aictr

# Shared libraries that a program asks for; an interpreter alone would be one too.
loaded_by() {
  readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

forbidden() {
  loaded_by "$1" | grep -vE '^(libc|libm|libseccomp|libcap|ld-linux[-a-z0-9_]*)\.so\.[0-9]+$' || true
}

# The sanitizers come as libraries; what the release build loads is tested there.
if [[ $(loaded_by "$AICTR_BIN/aictr") == *libasan* ]]; then skip "a build with sanitizers loads their libraries"; fi

for program in aictr aictr-runtime aictr-init aictr-yaml; do
  check "$program exists" test -x "$AICTR_BIN/$program"
  check "$program loads no library that costs time at its start" equals "" "$(forbidden "$AICTR_BIN/$program")"
done

echo 'int main() { return 0; }' >"$work/plain.c"
if command -v cc >/dev/null && echo '#include <archive.h>' | cc -E - >/dev/null 2>&1; then
  cc -o "$work/plain" "$work/plain.c" -Wl,--no-as-needed -larchive
  check "a program that loads libarchive is found" contains libarchive "$(forbidden "$work/plain")"
fi
