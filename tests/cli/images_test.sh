#!/bin/bash
# images, tag, history, inspect and rmi on an image that was imported.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox

run aictr images
check "images has Docker's columns" \
  matches 'REPOSITORY +TAG +IMAGE ID +CREATED +SIZE' "$(head -n 1 <<<"$output")"
check "images lists the image" matches 'busybox +latest +[0-9a-f]{12} +.* ago +[0-9.]+[kMG]B' "$output"
id=$(aictr images -q)
check "images -q prints the short id" matches '[0-9a-f]{12}' "$id"
check "images -q --no-trunc prints the whole id" matches "sha256:${id}[0-9a-f]{52}" "$(aictr images -q --no-trunc)"
check "images takes a template" equals "busybox:latest" "$(aictr images --format '{{.Repository}}:{{.Tag}}')"
check "images prints JSON, an object a line" matches '\{"Containers":.*"Repository":"busybox".*\}' \
  "$(aictr images --format json)"

run aictr tag busybox example.test:5000/team/box:1.0
check "tag succeeds in silence" equals "0::" "$status:$output:$errors"
check "an image is listed under each name" equals 2 "$(aictr images --format '{{.ID}}' | wc -l)"
check "an image of two names is one id" equals "$id" "$(aictr images -q)"
check "images NAME lists one repository" equals "example.test:5000/team/box:1.0" \
  "$(aictr images --format '{{.Repository}}:{{.Tag}}' example.test:5000/team/box)"
check "images --filter reference takes a pattern" equals "busybox" \
  "$(aictr images --filter 'reference=busy*' --format '{{.Repository}}')"
check "images --filter dangling=true lists what has no name" equals "" "$(aictr images -q --filter dangling=true)"

check "inspect finds an image by its id" equals "$id" "$(aictr inspect --format '{{.Id}}' "$id" | cut -c 8-19)"
check "inspect lists the names" equals '["busybox:latest","example.test:5000/team/box:1.0"]' \
  "$(aictr inspect --format '{{json .RepoTags}}' busybox)"
check "inspect tells the platform" matches 'linux/(amd64|arm64)' \
  "$(aictr inspect --type image --format '{{.Os}}/{{.Architecture}}' busybox)"
run aictr inspect busybox nosuch
check "inspect ends with 1 when a name is missing" equals 1 "$status"
check "inspect prints what it found" contains '"Id": "sha256:' "$output"
check "inspect says what is missing on standard error" contains "no such container or image: 'nosuch'" "$errors"
run aictr inspect --format '{{.Confg}}' busybox
check "inspect suggests the member that was meant" contains "did you mean '.Config'?" "$errors"

run aictr history busybox
check "history has Docker's columns" matches 'IMAGE +CREATED +CREATED BY +SIZE +COMMENT' "$(head -n 1 <<<"$output")"
check "history begins with the image" matches "$id +.*" "$(sed -n 2p <<<"$output")"

run aictr rmi "$id"
check "rmi of an id with two names is refused" equals 1 "$status"
run aictr rmi busybox
check "rmi of one of two names takes the name away" equals "0:Untagged: busybox:latest" "$status:$output"
run aictr rmi example.test:5000/team/box:1.0
check "rmi of the last name removes the image" contains "Deleted: sha256:$id" "$output"
check "nothing is left in the list" equals "" "$(aictr images -q)"
