#!/bin/bash
# aictr push, login and logout with docker-registry; skopeo judges what was pushed, and run and build pull it again.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need skopeo python3 umoci
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home" "$work/xdg"
busybox_image box

mkdir "$work/context"
head -c 3000000 /dev/urandom >"$work/context/noise"
printf 'FROM box\nCOPY noise /noise\nRUN echo built >/built\nCMD ["cat", "/built"]\n' >"$work/context/Dockerfile"
aictr build -q -t app "$work/context" >/dev/null

# The store that pulls is another than the one that pushes.
elsewhere() { aictr --root "$work/elsewhere" "$@"; }
blobs_in() { find "$work/plain/data" -path '*/blobs/sha256/*/data' | wc -l; }
layers_of() { skopeo inspect --tls-verify=false --raw "docker://$1" | python3 -c 'import json, sys; print(*[l["digest"] for l in json.load(sys.stdin)["layers"]])'; }

own_registry plain
echo "# push"
run aictr push app "$registry/team/app:1"
check "push succeeds" equals 0 "$status"
check "it prints the name alone on standard output" equals "$registry/team/app:1" "$output"
check "it tells the digest" matches 'Digest: sha256:[0-9a-f]{64}' "$errors"
run skopeo copy -q --insecure-policy --src-tls-verify=false "docker://$registry/team/app:1" "oci:$work/judged:app"
check "skopeo takes it" equals 0 "$status"
run umoci unpack --image "$work/judged:app" "$work/unpacked"
check "umoci unpacks it" equals 0 "$status"
check "with the files" cmp "$work/context/noise" "$work/unpacked/rootfs/noise"
run elsewhere run --rm --network none "$registry/team/app:1"
check "run pulls what is missing" equals "0 built" "$status $output"
check "it is the same image" equals "$(aictr inspect --format '{{.Id}}' app)" \
  "$(elsewhere inspect --format '{{.Id}}' "$registry/team/app:1")"
check "run --pull never does not" fails elsewhere run --rm --pull never --network none "$registry/other"
run elsewhere run --rm --pull missing --network none "$registry/other"
check "what is nowhere ends with 125" equals 125 "$status"
run elsewhere run --rm --pull always --network none "$registry/team/app:1"
check "run --pull always asks again" contains "up to date" "$errors"
printf 'FROM %s/team/app:1\nRUN cat /built >/more\nCMD ["cat", "/more"]\n' "$registry" >"$work/context/Dockerfile"
run aictr --root "$work/third" build -q -t more "$work/context"
check "build pulls its base" equals 0 "$status"
check "and builds on it" equals built "$(aictr --root "$work/third" run --rm --network none more)"

echo "# nothing is sent twice"
count=$(blobs_in)
run aictr push app "$registry/team/app:2"
check "another tag sends no layer" contains "already there" "$errors"
check "nor anything else" equals "$count" "$(blobs_in)"
check "both tags are one manifest" equals "$(skopeo inspect --tls-verify=false --raw "docker://$registry/team/app:1")" \
  "$(skopeo inspect --tls-verify=false --raw "docker://$registry/team/app:2")"
elsewhere tag "$registry/team/app:1" "$registry/new/name:1"
run elsewhere push "$registry/new/name:1"
check "another repository takes layers from the first" contains "taken from another repository" "$errors"
check "what was pulled keeps its layers' digests" equals "$(layers_of "$registry/team/app:1")" \
  "$(layers_of "$registry/new/name:1")"
check "and its manifest" equals "$(skopeo inspect --tls-verify=false --raw "docker://$registry/team/app:1")" \
  "$(skopeo inspect --tls-verify=false --raw "docker://$registry/new/name:1")"

echo "# compression"
first=$(layers_of "$registry/team/app:1")
rm -r "$AICTR_ROOT/cache/compressed"
run taskset -c 0 aictr push app "$registry/again:1"
check "the same bytes come out on one processor" equals "$first" "$(layers_of "$registry/again:1")"
for how in zstd zstd:12 gzip:1 none; do
  run aictr push --compression "$how" app "$registry/${how/:/-}:1"
  check "push --compression $how succeeds" equals 0 "$status"
  run skopeo copy -q --insecure-policy --src-tls-verify=false "docker://$registry/${how/:/-}:1" "dir:$work/dir-${how/:/-}"
  check "skopeo takes $how" equals 0 "$status"
  run aictr --root "$work/store-${how/:/-}" run --rm --network none "$registry/${how/:/-}:1"
  check "aictr takes $how" equals "0 built" "$status $output"
done
run aictr push --compression lzma app "$registry/x:1"
check "an unknown compression is refused" contains "unknown compression 'lzma'" "$errors"
run aictr push app "$registry/x@$(aictr inspect --format '{{.Id}}' app)"
check "a digest is no destination" contains "pushed to a tag" "$errors"
run aictr push nosuch "$registry/x:1"
check "what is not in the store cannot be pushed" contains "no image 'nosuch'" "$errors"

echo "# login"
own_registry secret htpasswd
run aictr push app "$registry/app:1"
check "push without a login is denied" contains "aictr login $registry" "$errors"
run sh -c "echo wrong | aictr login -u ann --password-stdin $registry"
check "login with a wrong password fails" equals 125 "$status"
check "nothing is filed" fails test -e "$DOCKER_CONFIG/config.json"
run sh -c "echo 'secret word' | aictr login -u ann --password-stdin $registry"
check "login succeeds" equals "0 Login Succeeded" "$status $output"
check "the file is for its owner alone" equals 600 "$(stat -c %a "$DOCKER_CONFIG/config.json")"
run aictr push app "$registry/app:1"
check "push after the login succeeds" equals 0 "$status"
run skopeo inspect --tls-verify=false --authfile "$DOCKER_CONFIG/config.json" "docker://$registry/app:1"
check "skopeo reads what login has filed" equals 0 "$status"
run aictr logout "$registry"
check "logout succeeds" equals 0 "$status"
check "the password is gone" lacks auth\" "$(cat "$DOCKER_CONFIG/config.json")"
run aictr logout "$registry"
check "a second logout says so" contains "not logged in" "$errors"
skopeo login --tls-verify=false --authfile "$work/auth.json" -u ann -p "secret word" "$registry" >/dev/null
run aictr push --authfile "$work/auth.json" app "$registry/app:2"
check "aictr reads what skopeo has filed" equals 0 "$status"

rm -r "$AICTR_ROOT/cache/steps"
aictr rmi -f app box >/dev/null
check "what compressing gave is forgotten with the layers" equals "" "$(find "$AICTR_ROOT/cache/compressed" -type f)"
