#!/bin/bash
# The snippets of docs/embedding.md that name a file of the tests are that file.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# The page with its indentation taken away, so that a file in it is found as it is.
page=$(sed 's/^    //' "$AICTR_SOURCE/docs/embedding.md")
for file in docker.json containers.conf containerd-1.toml containerd-2.toml kubelet.yaml runtime-class.yaml pod.yaml crio.conf; do
  check "docs/embedding.md shows tests/peers/$file as it is" contains "$(cat "$AICTR_SOURCE/tests/peers/$file")" "$page"
done

# What differs between containerd 1 and 2 is the version of the file and the name of the plugin.
for_containerd_2() {
  sed 's/^version = 2/version = 3/; s/io.containerd.grpc.v1.cri/io.containerd.cri.v1.runtime/' "$AICTR_SOURCE/tests/peers/containerd-1.toml"
}
check "containerd 2's configuration is the one that is tested, in its words" \
  equals "$(for_containerd_2)" "$(cat "$AICTR_SOURCE/tests/peers/containerd-2.toml")"

handler=$(sed -n 's/^handler: //p' "$AICTR_SOURCE/tests/peers/runtime-class.yaml")
for file in containerd-1.toml containerd-2.toml crio.conf; do
  check "$file has the handler of the RuntimeClass" contains "runtimes.$handler]" "$(cat "$AICTR_SOURCE/tests/peers/$file")"
done
check "the pod asks for the RuntimeClass" contains "runtimeClassName: $handler" "$(cat "$AICTR_SOURCE/tests/peers/pod.yaml")"
