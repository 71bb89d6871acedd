#!/bin/bash
# What builds keep for the next ones: listed, removed, taken to another machine.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
mkdir "$work/context"
cd "$work/context"
cat >Dockerfile <<'END'
FROM busybox
ARG WHICH=1
RUN --mount=type=cache,target=/cache/pip echo wheel$WHICH >/cache/pip/wheel && chown 7:8 /cache/pip/wheel
RUN --mount=type=cache,id=data,target=/data --mount=type=cache,target=/cache/pip cp /cache/pip/wheel /data/copy && cat /data/copy >/seen
END
run aictr builder cache ls
check "before the first build there is nothing" equals 0 "$status"
aictr build -q -t one . >/dev/null
run aictr builder cache ls -q
check "cache mounts are listed by id" equals "/cache/pip data" "$(paste -sd " " <<<"$output")"
run aictr builder cache ls --format '{{.ID}} {{.Bytes}}'
check "with what they take on the disk" matches '/cache/pip [1-9][0-9]*' "$output"

aictr builder cache export -o "$work/pip.tar" /cache/pip
check "an export is a tar with owners" contains 7/8 "$(tar --numeric-owner -tvf "$work/pip.tar" wheel)"
aictr builder cache export /cache/pip >"$work/pipe.tar"
check "also on standard output" cmp -s "$work/pip.tar" "$work/pipe.tar"
gzip -k "$work/pip.tar"

AICTR_ROOT=$work/other aictr builder cache import /cache/pip <"$work/pip.tar.gz"
run env AICTR_ROOT="$work/other" aictr builder cache ls -q
check "another store takes it in" equals /cache/pip "$output"
aictr save -o "$work/busybox.tar" busybox
AICTR_ROOT=$work/other aictr load -q -i "$work/busybox.tar" >/dev/null
run env AICTR_ROOT="$work/other" AICTR_RUNROOT="$work/other-run" aictr build -q -t there -f - . <<'END'
FROM busybox
RUN --mount=type=cache,target=/cache/pip stat -c '%u:%g' /cache/pip/wheel >/owner && cat /cache/pip/wheel >>/owner
END
check "and a build there finds the files" equals "7:8 wheel1" \
  "$(AICTR_ROOT=$work/other AICTR_RUNROOT=$work/other-run aictr run --rm --network none there cat /owner | paste -sd " ")"

tar -C "$work" -cf "$work/new.tar" context/Dockerfile
aictr builder cache import -i "$work/new.tar" data
aictr builder cache export data | tar -t >"$work/listing"
check "an import takes the place of what was there" equals "context/ context/Dockerfile" "$(paste -sd " " "$work/listing")"
echo nonsense >"$work/nonsense"
run aictr builder cache import -i "$work/nonsense" data
check "what is no archive is refused" equals 125 "$status"
aictr builder cache export data | tar -t >"$work/listing"
check "  and what was there stays" contains context/Dockerfile "$(cat "$work/listing")"

for verb in rm export import; do
  run aictr builder cache $verb
  check "$verb without an id" equals 125 "$status"
done
for verb in rm export; do
  run aictr builder cache $verb nosuch
  check "$verb of an unknown id" contains "there is no cache mount 'nosuch'" "$errors"
done

cat >Slow <<'END'
FROM busybox
RUN --mount=type=cache,id=data,target=/data sleep 30
END
aictr build -q -f Slow . >/dev/null 2>&1 &
slow=$!
for _ in $(seq 100); do
  [ -z "$(ls "$AICTR_RUNROOT/steps" 2>/dev/null)" ] || break
  sleep 0.05
done
run aictr builder cache rm data
check "while a build is at work nothing is removed" contains "the build cache is in use" "$errors"
run aictr builder prune -f
check "nor pruned" contains "the build cache is in use" "$errors"
kill -INT $slow
wait $slow || true

run aictr builder cache rm data
check "rm removes one" equals /cache/pip "$(aictr builder cache ls -q)"
run aictr build --progress plain .
check "results of steps are another matter" contains CACHED "$errors"
run aictr builder prune -f
check "prune says how much it freed" matches 'Total reclaimed space: .*' "$output"
check "and leaves no cache mount" equals "" "$(aictr builder cache ls -q)"
run aictr build --progress plain -t two .
check "the next build runs its steps" contains DONE "$errors"
check "the image that was built before is whole" equals wheel1 "$(aictr run --rm --network none one cat /seen)"
