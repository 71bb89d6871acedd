#!/bin/bash
# Devices of the Container Device Interface: `run --device vendor.com/class=name`, and `aictr cdi`.

. "$(dirname "$0")/../lib.sh"
need_root
own_store
busybox_image busybox

dir=$(mktemp -d)
at_exit rm -rf "$dir"
mkdir -p "$dir/etc" "$dir/run"
echo "from the host" >"$dir/file"
cat >"$dir/etc/vendor.yaml" <<EOF
cdiVersion: 0.7.0
kind: vendor.com/card
containerEdits:
  env: [COMMON=1]
devices:
- name: 0
  containerEdits:
    env: [CARD=zero]
    deviceNodes: [{path: /dev/card0, hostPath: /dev/zero, permissions: rw}]
    mounts: [{hostPath: $dir/file, containerPath: /opt/vendor/file, options: [ro, nosuid, bind]}]
    additionalGids: [4242]
- name: full
  containerEdits:
    env: [FULL=1]
    deviceNodes: [{path: /dev/full0, hostPath: /dev/full}]
- name: gone
  containerEdits:
    mounts: [{hostPath: $dir/no-such-file, containerPath: /opt/gone}]
EOF

cards=(--cdi-spec-dir "$dir/etc" --cdi-spec-dir "$dir/run")
run_card() { # DEVICE COMMAND
  run aictr run --rm --network none "${cards[@]}" --device "$1" busybox sh -c "$2"
}

run_card vendor.com/card=0 'echo $COMMON $CARD; cat /opt/vendor/file; head -c 3 /dev/card0 | wc -c; id -G'
# shellcheck disable=SC2001  # a pattern of lines
check "a device brings its variables, files, nodes and groups" \
  equals $'1 zero\nfrom the host\n3\n0 4242' "$(sed 's/^0 .*4242$/0 4242/' <<<"$output")"
run_card vendor.com/card=0 'echo x >/opt/vendor/file'
check "a file that is shown read-only cannot be written to" test "$status" -ne 0
run_card vendor.com/card=0 'cat /dev/full0'
check "a device that was not asked for is not there" contains "can't open" "$errors"
run_card vendor.com/card=full 'mknod /tmp/card c 1 5 && head -c 1 /tmp/card | wc -c; echo $FULL'
check "the rule for one device lets no other be used, but those that all have" contains 1 "$output"
run_card vendor.com/card=gone 'true'
check "what a file names and the host lacks is told with file, line and key" equals \
  "aictr: run: --device: '$dir/etc/vendor.yaml' line 18: /devices/2/containerEdits/mounts/0/hostPath: '$dir/no-such-file' is not there" \
  "$(head -1 <<<"$errors")"
check "and nothing is started" equals 125 "$status"
run_card vendor.com/card=fall 'true'
check "an unknown device is told the nearest" contains "did you mean 'vendor.com/card=full'?" "$errors"
run aictr run --rm --network none "${cards[@]}" -e CARD=mine -v "$dir:/opt/vendor" --device vendor.com/card=0 busybox \
  sh -c 'echo $CARD; ls /opt/vendor'
check "what the user says about a variable wins" contains mine "$output"

cat >"$dir/run/vendor.json" <<EOF
{"cdiVersion": "0.5.0", "kind": "vendor.com/card",
 "devices": [{"name": "0", "containerEdits": {"env": ["CARD=of run"]}}]}
EOF
run_card vendor.com/card=0 'echo $CARD'
check "a file of the later directory wins" equals "of run" "$output"
rm "$dir/run/vendor.json"

sed -i '/name: gone/,$d' "$dir/etc/vendor.yaml"
run_card vendor.com/card=all 'echo $CARD $FULL; ls /dev/card0 /dev/full0'
check "all means every device of the class" equals $'zero 1\n/dev/card0\n/dev/full0' "$output"

run aictr cdi list "${cards[@]}" --format '{{.Name}}'
check "cdi list names the devices" equals $'vendor.com/card=0\nvendor.com/card=full' "$output"
run aictr cdi validate "${cards[@]}"
check "cdi validate finds nothing wrong" equals "'$dir/etc/vendor.yaml' is valid: 2 devices" "$output"
echo "oops: 1" >>"$dir/etc/vendor.yaml"
run aictr cdi validate "${cards[@]}"
check "cdi validate ends with 1 for a broken file" equals 1 "$status"
check "and names file, line and key" equals "'$dir/etc/vendor.yaml' line 16: /oops is unknown" "$output"
run_card vendor.com/card=0 'true'
check "a broken file is named when its devices are asked for" contains "/oops is unknown" "$errors"

# A node that the driver has not, of NVIDIA's major: opening it tells the device filter from a driver that is missing.
cat >"$dir/run/gpu.json" <<EOF
{"cdiVersion": "0.5.0", "kind": "fake.com/gpu",
 "devices": [{"name": "0", "containerEdits": {"deviceNodes": [
   {"path": "/dev/nvidia0", "type": "c", "major": 195, "minor": 0, "permissions": "rw"}]}}]}
EOF
run_card fake.com/gpu=0 'cat /dev/nvidia0; mknod /tmp/other c 195 1; cat /tmp/other'
check "the node of a device may be opened" contains "No such device or address" "$errors"
check "another node of the same driver may not" contains "Operation not permitted" "$errors"
run aictr -v run --rm --network none "${cards[@]}" --device fake.com/gpu=0 busybox sh -c 'ulimit -l; ulimit -s; ulimit -n'
check "a GPU comes with a choice about locked memory, which -v shows" contains "memlock is" "$errors"
check "and a stack of 64 MiB" equals 65536 "$(sed -n 2p <<<"$output")"
run aictr -v run --rm --network none "${cards[@]}" --no-default limits --device fake.com/gpu=0 busybox true
check "--no-default limits leaves the limits alone" lacks "memlock" "$errors"
