#!/bin/bash
# aictr build --output: files and archives in place of an image in the store.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
own_store
mkdir "$work/context"
cd "$work/context"
echo wheel >a.whl
echo '#!/bin/sh' >run
chmod 4755 run
cat >Dockerfile <<'END'
FROM scratch AS build
COPY a.whl run /dist/
FROM scratch
COPY --from=build --chown=7:8 /dist /dist
END

no_image() { [ -z "$(aictr images -qa)" ] && [ -z "$(ls "$AICTR_ROOT/drafts")" ]; }

run aictr build -t unused -o "$work/out" .
check "-o FOLDER takes the files" equals wheel "$(cat "$work/out/dist/a.whl")"
check "with their modes and owners" equals "4755 7 8" "$(stat -c '%a %u %g' "$work/out/dist/run")"
check "and says where they are" contains "into '$work/out'" "$errors"
check "the store has no image of it" no_image
echo newer >a.whl
echo mine >"$work/out/mine"
run aictr build -o type=local,dest="$work/out" .
check "another time the files are replaced" equals newer "$(cat "$work/out/dist/a.whl")"
check "and others stay" equals mine "$(cat "$work/out/mine")"
run aictr build --target build -o "$work/stage" .
check "--target: the files of a stage" equals "a.whl run" "$(cd "$work/stage/dist" && echo *)"

run aictr build -q -o type=tar,dest="$work/files.tar" .
check "a tar" equals "newer" "$(tar -xOf "$work/files.tar" dist/a.whl)"
check "with the owners" contains "7/8" "$(tar --numeric-owner -tvf "$work/files.tar" dist/run)"
aictr build -q -o - . >"$work/pipe.tar" 2>"$work/errors"
check "- is a tar on standard output, and nothing else" equals "$(sha256sum <"$work/files.tar")" "$(sha256sum <"$work/pipe.tar")"
run aictr build -t box:1 -o type=oci,dest="$work/image.tar" .
check "an image archive" equals 0 "$status"
check "nothing of it in the store" no_image
run aictr load -i "$work/image.tar"
check "it can be loaded, with its name" contains box:1 "$output$errors"
run aictr build -t both:1 -o type=image -o type=tar,dest=/dev/null .
check "several outputs" equals 0 "$status"
check "the store is one of them" equals 0 "$(aictr inspect both:1 >/dev/null; echo $?)"
run aictr build -o "$work/out" .
check "an image that was there before stays" equals 0 "$(aictr inspect both:1 >/dev/null; echo $?)"

for output in type=rpm,dest=x dest=x type=local ""; do
  run aictr build -o "$output" .
  check "-o '$output' is refused" equals 125 "$status"
done
run aictr build -o /proc/nowhere/x .
check "a place that cannot be written is named" contains "/proc/nowhere" "$errors"
mkdir "$work/blocked" && mkdir "$work/blocked/dist" && mkdir "$work/blocked/dist/a.whl"
run aictr build -o "$work/blocked" .
check "a file does not take a folder's place" fails test "$status" -eq 0
check "the store is as it was" equals "box:1 both:1" "$(aictr images --format '{{.Repository}}:{{.Tag}}' | sort -r | paste -sd " ")"
