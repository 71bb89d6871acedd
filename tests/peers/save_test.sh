#!/bin/bash
# aictr save and load; skopeo and podman judge what was saved, and aictr loads what they save.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need skopeo python3 podman
own_store
export HOME=$work/home XDG_RUNTIME_DIR=$work/xdg
mkdir -p "$work/home" "$work/xdg"
busybox_image box
mkdir "$work/context"
printf 'FROM box\nRUN echo built >/built; rm /etc/group\nCMD ["cat", "/built"]\n' >"$work/context/Dockerfile"
aictr build -q -t app "$work/context" >/dev/null
aictr tag app example.test/team/app:2
id=$(aictr inspect --format '{{.Id}}' app)

elsewhere() { aictr --root "$work/elsewhere" "$@"; }
skopeo_copy() { skopeo copy -q --insecure-policy "$@"; }

echo "# save and load"
run aictr save -o "$work/app.tar" app example.test/team/app:2 box
check "save succeeds in silence" equals "0::" "$status:$output:$errors"
check "saving again gives the same bytes" cmp "$work/app.tar" <(aictr save app example.test/team/app:2 box)
check "a shared layer is there once" equals "" "$(tar -tf "$work/app.tar" | sort | uniq -d)"
run elsewhere load -i "$work/app.tar"
check "load tells the names" equals "$(printf 'Loaded image: %s\n' app:latest example.test/team/app:2 box:latest)" "$output"
check "it is the same image" equals "$id" "$(elsewhere inspect --format '{{.Id}}' app)"
check "it runs" equals built "$(elsewhere run --rm --network none app)"
check "deletions arrive" equals gone "$(elsewhere run --rm --network none app sh -c 'test -e /etc/group || echo gone')"
check "nothing is left of the archive" equals "" "$(ls "$work/elsewhere/drafts")"
check "what was loaded is saved the same" cmp "$work/app.tar" <(elsewhere save app example.test/team/app:2 box)
run sh -c "aictr save app | gzip | aictr --root $work/third load -q"
check "through a pipe, compressed" equals "0:" "$status:$output"
check "too" equals "$id" "$(aictr --root "$work/third" inspect --format '{{.Id}}' app)"

echo "# others take what we save"
run skopeo_copy "docker-archive:$work/app.tar:example.test/team/app:2" "dir:$work/from-docker"
check "skopeo reads it as Docker's" equals 0 "$status"
mkdir "$work/layout"
tar -C "$work/layout" -xf "$work/app.tar"
run skopeo_copy "oci:$work/layout:docker.io/library/app:latest" "dir:$work/from-oci"
check "skopeo reads it as an OCI layout" equals 0 "$status"
check "the layers are the same" equals "$(cd "$work/from-oci" && sha256sum -- * | grep -c .)" \
  "$(cd "$work/from-docker" && sha256sum -- * | grep -c .)"
podman() { command podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs "$@"; }
run podman load -q -i "$work/app.tar"
check "podman loads it" equals 0 "$status"
check "with the same ID" equals "${id#sha256:}" "$(podman images --no-trunc --format '{{.Id}}' example.test/team/app | head -n 1 | sed 's/sha256://')"

echo "# we take what others save"
podman save -q --format docker-archive -o "$work/podman.tar" example.test/team/app:2
run aictr --root "$work/four" load -i "$work/podman.tar"
check "an archive of podman is loaded" contains "Loaded image: example.test/team/app:2" "$output"
check "with its ID" equals "$id" "$(aictr --root "$work/four" inspect --format '{{.Id}}' example.test/team/app:2)"
check "it runs too" equals built "$(aictr --root "$work/four" run --rm --network none example.test/team/app:2)"
podman save -q --format oci-archive -o "$work/podman-oci.tar" example.test/team/app:2
run aictr --root "$work/five" load -i "$work/podman-oci.tar"
check "its OCI archive too" equals 0 "$status"
check "and runs" equals built "$(aictr --root "$work/five" run --rm --network none example.test/team/app:2)"

echo "# bad archives"
before=$(find "$AICTR_ROOT" | sort)
run aictr load -i "$work/busybox-missing.tar"
check "a missing file is named" contains "busybox-missing.tar" "$errors"
tar -C "$work/context" -cf "$work/other.tar" .
run aictr load -i "$work/other.tar"
check "another tar is told from an archive of images" contains "neither an index.json nor a manifest.json" "$errors"
head -c 200000 "$work/app.tar" >"$work/short.tar"
run aictr load -i "$work/short.tar"
check "a truncated one fails" equals 125 "$status"
for victim in oci docker; do
  rm -rf "$work/bad" && mkdir "$work/bad"
  tar -C "$work/bad" -xf "$work/app.tar"
  [ $victim = oci ] || rm "$work/bad/index.json"
  layer=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["Layers"][1])' "$work/bad/manifest.json")
  printf 'x' | dd of="$work/bad/$layer" bs=1 seek=1000 conv=notrunc status=none
  tar -C "$work/bad" -cf "$work/bad.tar" .
  run aictr --root "$work/six" load -i "$work/bad.tar"
  check "a layer that was changed is refused ($victim)" equals 125 "$status"
  check "in one line" equals 1 "$(wc -l <<<"$errors")"
done
printf '[{"Config":"../../../../etc/passwd","RepoTags":["x:1"],"Layers":[]}]' >"$work/bad/manifest.json"
ln -sfn / "$work/bad/root"
tar -C "$work/bad" -cf "$work/bad.tar" manifest.json root
run aictr load -i "$work/bad.tar"
check "a name that leads out of the archive leads nowhere" equals 125 "$status"
check "and shows nothing of the host" lacks root: "$errors"
check "none of them leaves anything" equals "$before" "$(find "$AICTR_ROOT" | sort)"
