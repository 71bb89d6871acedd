#!/bin/bash
# aictr build --cache-to and --cache-from: what one machine has built another takes from a folder, from a registry, or from
# the image itself. A step that really ran writes another number than before.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
busybox_image box
context=$work/context
mkdir "$context"
cd "$context"
echo one >file
cat >Dockerfile <<'END'
FROM box AS builder
RUN cat /proc/sys/kernel/random/uuid >/built && head -c 2000000 /dev/urandom >/noise
FROM box
RUN cat /proc/sys/kernel/random/uuid >/first
COPY --from=builder /built /built
COPY file /file
RUN true
END

# Each machine has a store of its own, with the same base image.
aictr save -o "$work/box.tar" box
machine() { # NAME
  export AICTR_ROOT=$work/$1
  aictr load -q -i "$work/box.tar" >/dev/null 2>&1 || aictr load -i "$work/box.tar" >/dev/null
}
build() { run aictr build --progress plain -t app "$@" .; }
steps_that_ran() { # titles of the steps that were DONE
  local number
  while read -r number; do
    sed -n "s/^#$number \(\[.*\)/\1/p" <<<"$errors"
  done < <(sed -n 's/^#\([0-9]*\) DONE.*/\1/p' <<<"$errors")
}
words() { aictr run --rm --network none app cat /first /built /file 2>&1; }
layers_here() { find "$AICTR_ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l; }

echo "# a folder"
machine first
build --cache-to "type=local,dest=$work/least" --cache-to "type=local,dest=$work/most,mode=max"
check "a build that leaves caches ends well" equals 0 "$status"
built=$(words)
id=$(aictr inspect --format '{{.Id}}' app)
check "the folder is an OCI layout" equals '{"imageLayoutVersion":"1.0.0"}' "$(cat "$work/least/oci-layout")"
build --cache-to "type=local,dest=$work/most,mode=max"
check "layers that are there are not written again" lacks "written" "$errors"

machine second
before=$(layers_here)
build --cache-from "type=local,src=$work/most"
check "with all stages nothing runs" equals "" "$(steps_that_ran)"
check "the files are those of the first machine" equals "$built" "$(words)"
check "only what the image is made of has come" equals $((before + 3)) "$(layers_here)"
echo two >file
build --cache-from "type=local,src=$work/most"
check "what follows an edited file runs" equals 2 "$(steps_that_ran | grep -c .)"
check "and nothing else" equals "$(head -n 2 <<<"$built")" "$(words | head -n 2)"
echo one >file
build --cache-from "type=local,src=$work/most" --target builder
check "a stage that had not come comes when it is the image" equals "" "$(steps_that_ran)"
build
check "from then on no cache of others is needed" equals "$built" "$(words)"

machine third
build --cache-from "type=local,src=$work/least"
check "without the other stages these run" matches '\[builder 2/2\] RUN.*' "$(steps_that_ran)"
check "the image's own do not" lacks "RUN cat /proc/sys/kernel/random/uuid >/first" "$(steps_that_ran | grep -v builder)"
check "which the words show" equals "$(head -n 1 <<<"$built")" "$(words | head -n 1)"

machine fourth
sed -i 's/^FROM box AS builder/&\nRUN echo more >\/more/; s/^RUN true/&\nCOPY --from=builder \/more \/more/' Dockerfile
build --cache-from "type=local,src=$work/most"
check "a changed Dockerfile takes what still fits" equals 0 "$status"
check "and layers that a step is built on come with it" equals "$(head -n 1 <<<"$built")" "$(words | head -n 1)"
sed -i '/more/d' Dockerfile

echo "# what is no cache"
machine fifth
build --cache-from "type=local,src=$work/nowhere"
check "a cache that is not there is a warning" equals 0 "$status"
check "that names it" matches "warning: importing the cache from '$work/nowhere': .*" "$errors"
mkdir -p "$work/broken" && cp -r "$work/most/." "$work/broken"
for blob in "$work"/broken/blobs/sha256/*; do
  if [ "$(stat -c %s "$blob")" -gt 100000 ]; then printf x | dd of="$blob" bs=1 seek=50000 conv=notrunc status=none; fi
done
machine sixth
echo 'COPY --from=builder /noise /noise' >>Dockerfile
build --cache-from "type=local,src=$work/broken"
check "a damaged layer is noticed" fails equals 0 "$status"
check "and the place named" contains "build cache '$work/broken'" "$errors"
check "and nothing of it kept" equals "" "$(find "$AICTR_ROOT/drafts" -mindepth 1)"
sed -i '/noise \/noise/d' Dockerfile
build --cache-to type=gha
check "a place that aictr does not know is refused" contains "--cache-to 'type=gha': the type 'gha' is not supported" "$errors"
check "as a wrong flag" equals 125 "$status"
touch "$work/file"
build --cache-to "type=local,dest=$work/file/x"
check "a cache that cannot be written fails the build" equals 125 "$status"
build --cache-to "type=local,dest=$work/file/x,ignore-error=true"
check "unless that is allowed" equals 0 "$status"

echo "# a registry"
own_registry plain
machine first
build --cache-to "type=registry,ref=$registry/team/app:cache,mode=max" --cache-to "$registry/team/app:least"
check "a cache is left in a registry" equals 0 "$status"
machine seventh
build --cache-from "$registry/team/app:cache" --cache-to "type=registry,ref=$registry/team/app:next,mode=max"
check "another machine takes all from there" equals "" "$(steps_that_ran | grep -v 'the cache')"
check "the same files" equals "$built" "$(words)"
check "what it does not need it passes on without having had it" lacks "written" "$errors"
machine eighth
build --cache-from "$registry/team/app:nothing" --cache-from "$registry/team/app:next"
check "the next machine finds all in what was passed on" equals "" "$(steps_that_ran | grep -v 'the cache')"
check "a tag that is not there is a warning" contains "warning: importing the cache from '$registry/team/app:nothing'" "$errors"

echo "# the image itself"
machine first
run aictr build -q -t "$registry/team/app:inline" --cache-to type=inline .
check "an image with its own cache is built" equals 0 "$status"
check "it is another image" fails equals "$id" "$output"
run aictr push -q "$registry/team/app:inline"
check "and pushed" equals 0 "$status"
machine ninth
build --cache-from "$registry/team/app:inline"
check "its steps are taken" equals "$(head -n 1 <<<"$built")" "$(words | head -n 1)"
run aictr push -q app "$registry/team/app:plain"
build --cache-from "$registry/team/app:plain"
check "an image without a cache is told" contains "the image has no build cache in it" "$errors"
