#!/bin/bash
# What aictr push does with a registry that errs, breaks off or refuses: the image arrives all the same, no more of it is sent
# than need be, or one line says why not.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need python3
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home" "$work/tree" "$work/registry"
head -c 40000000 /dev/urandom >"$work/tree/noise"
tar -C "$work/tree" -cf "$work/tree.tar" .
aictr import "$work/tree.tar" box >/dev/null

faulty_server "$(dirname "$0")/faulty_uploads.py" "$work/registry" "$work/log"

# push FAULT: into an empty registry; $sent are the bytes of layers and configuration that it got.
push() {
  rm -f "$work/registry"/*
  : >"$work/log"
  run aictr push --compression none box "$registry/$1/box:1"
  sent=$(awk '$1 == "PATCH" || $1 == "PUT" && /uploads/ { n += $4 } END { print n + 0 }' "$work/log")
}
lines() { grep -cE "$1" "$work/log"; }
arrived() { # everything, and the manifest last
  [ "$status" -eq 0 ] && [ -e "$work/registry/manifest-$1_box_1" ] && [ "$(find "$work/registry" -name 'blob-*' | wc -l)" -eq 2 ] &&
    [[ $(tail -n 1 "$work/log") == "PUT /v2/$1/box/manifests/1 - "*" 201" ]]
}
arrived_beside() { [ "$status" -eq 0 ] && [ -e "$work/registry/manifest-$1_box_1" ]; }
refused() { # FAULT SENTENCE WORDS
  push "$1"
  check "$2" equals 125 "$status"
  check "  and says so" contains "$3" "$errors"
  check "  in one line" equals 1 "$(grep -c '^aictr:' <<<"$errors")"
}

push good
check "a good registry gets everything, the manifest last" arrived good
check "in chunks" equals 3 "$(lines '^PATCH .* [0-9]+-[0-9]+ [0-9]{7,} 202$')"
size=$sent
push relative
check "a relative place for the upload is understood, with its query" arrived relative
push headless
check "a registry without HEAD for blobs is sent them" arrived headless
push chunky
check "one that wants larger chunks gets them" arrived chunky
check "  but for the last" equals 2 "$(lines '^PATCH .* [0-9]+-[0-9]+ [0-9]{7,} 202$')"

echo "# interruptions"
push resetting
check "connections that break are made again" arrived resetting
check "  and what has arrived is not sent again" at_most "$size" "$sent"
push unsatisfied
check "after 416 the registry is asked what it has" arrived unsatisfied
check "  and gets the rest" at_most "$((size + 9000000))" "$sent"
push busy
check "429 is waited for" arrived busy
push sick
check "503 is tried again" arrived sick
push expiring
check "tokens that expire, or are for too little, are renewed" arrived expiring

echo "# refusals"
refused forgetful "an upload that the registry has forgotten" "no such upload"
check "  and is told to forget" equals 1 "$(lines '^DELETE .*/uploads/')"
refused strict "a digest that the registry does not accept" "the digest does not fit"
refused picky "a manifest that the registry does not accept" "we take no manifests today"

echo "# blobs of another repository"
rm -f "$work/registry"/*
aictr push -q --compression zstd box "$registry/good/box:1" >/dev/null
elsewhere() { aictr --root "$work/other" "$@"; }
elsewhere pull -q "$registry/good/box:1" >/dev/null
for fault in mounting jealous shy; do
  : >"$work/log"
  run elsewhere push "$registry/good/box:1" "$registry/$fault/box:1"
  check "$fault: the image arrives" arrived_beside "$fault"
  check "$fault: it is asked for the blob of the other repository" equals 1 "$(lines '^POST .*mount=sha256.*from=good/box')"
  check "$fault: which is sent unless it takes it" equals "$([ $fault = mounting ] || echo 3)" "$(lines '^PATCH .* [0-9]{7,} 202$' | grep -v '^0$')"
done
check "the manifest is the one that was pulled" cmp "$work/registry"/manifest-{good,mounting}_box_1
