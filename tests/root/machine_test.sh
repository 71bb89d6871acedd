#!/bin/bash
# What a machine can lack: room on the disk, a capability, overlayfs, writable cgroups, a higher limit. Each is one clear
# line and exit 125, and leaves nothing behind.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
context=$work/context
mkdir "$context"
printf 'FROM busybox\nRUN echo made > /made\n' >"$context/Dockerfile"

nothing_left() {
  local left
  left=$(
    find "$AICTR_ROOT/containers" -mindepth 1 -maxdepth 1 ! -name names ! -name claims
    find "$AICTR_ROOT/containers/names" "$AICTR_ROOT/containers/claims" -mindepth 1 ! -name .lock
    find "$AICTR_ROOT/drafts" "$AICTR_RUNROOT/steps" "$AICTR_RUNROOT/containers" -mindepth 1 2>/dev/null
    mounts_below "$AICTR_ROOT" | grep -vx "$AICTR_ROOT" || true
  )
  equals "" "$left"
}

# refused SENTENCE TEXT HINT: the last run ended with 125, one line that contains TEXT and a hint that contains HINT.
refused() {
  check "$1: 125" equals 125 "$status"
  check "$1: one line that says why" matches "aictr: [^:]*: .*$2.*" "$errors"
  check "$1: one line in all" equals 1 "$(grep -c '^aictr: ' <<<"$errors")"
  check "$1: what to do" matches "hint: .*$3.*" "$errors"
  check "$1: nothing is left" nothing_left
}

# without CAPABILITY COMMAND...: as a root that does not have it.
without() {
  local capability=$1
  shift
  setpriv --bounding-set "-$capability" --inh-caps "-$capability" "$@"
}

# --- a full disk
small=$work/small
mkdir "$small"
mount -t tmpfs -o size=8m aictr-test "$small"
at_exit "umount -l $small"
mkdir -p "$work/big-root"
head -c 20000000 /dev/zero >"$work/big-root/file"
tar -C "$work/big-root" -cf "$work/big.tar" file
busybox_rootfs "$work/small-root"
tar -C "$work/small-root" -cf "$work/small.tar" .
large_store=$AICTR_ROOT
export AICTR_ROOT=$small/store

aictr import "$work/small.tar" busybox >/dev/null
aictr run --rm --network none busybox true # makes the folders that nothing_left looks at
run aictr import "$work/big.tar" big
refused "importing onto a full disk" "No space left on device" "disk is full"
check "an image that did not fit is not listed" equals "busybox" "$(aictr images --format '{{.Repository}}')"

head -c 20000000 /dev/zero >"$context/data"
printf 'FROM busybox\nCOPY data /data\n' >"$context/Dockerfile"
run aictr build --progress plain "$context"
refused "copying onto a full disk" "data: No space left on device" "disk is full"
printf 'FROM busybox\nRUN head -c 20000000 /dev/zero > /data\n' >"$context/Dockerfile"
run aictr build --progress plain "$context"
check "a step that fills the disk is a step that failed" equals 1 "$status"
check "and leaves nothing" nothing_left
printf 'FROM busybox\nRUN true\n' >"$context/Dockerfile"

run aictr run --rm --network none busybox sh -c 'head -c 20000000 /dev/zero > /data; echo $?; exit 7'
check "a container that has filled the disk has its own exit code" equals $'1\n7' "$output"$'\n'"$status"
run aictr run --name filler --network none busybox sh -c 'head -c 20000000 /dev/zero > /data; exit 7'
check "kept ones too" equals 7 "$status"
check "with a word about the record" contains "the container's end is not recorded" "$errors"
aictr rm -f filler >/dev/null

head -c 20000000 /dev/zero >"$small/filler" 2>/dev/null || true
run aictr run --rm --network none busybox true
refused "running on a full disk" "No space left on device" "disk is full"
run aictr run --network none busybox true
refused "running on a full disk without --rm" "No space left on device" "disk is full"
run aictr build --progress plain --no-cache "$context"
refused "building on a full disk" "No space left on device" "disk is full"
run aictr tag busybox other
refused "tagging on a full disk" "No space left on device" "disk is full"
rm "$small/filler"
run aictr run --rm --network none busybox true
check "with room again, everything works" equals 0 "$status"
export AICTR_ROOT=$large_store
aictr run --rm --network none busybox true

# --- a capability
if command -v setpriv >/dev/null; then
  run without sys_admin aictr run --rm busybox true
  refused "a root without CAP_SYS_ADMIN" "needs CAP_SYS_ADMIN, which root does not have here" "--privileged"
  run without sys_admin aictr build "$context"
  refused "a build without CAP_SYS_ADMIN" "needs CAP_SYS_ADMIN" "--privileged"
  run without chown aictr import "$work/small.tar" never
  refused "an import without CAP_CHOWN" "needs CAP_CHOWN" "--privileged"
  run without net_raw aictr run --rm busybox true
  refused "a capability that the container is to have" "CAP_NET_RAW: aictr does not have it" "leave it out"
  run without net_raw aictr run --rm --cap-drop net_raw --network none busybox true
  check "left out, it is not missed" equals 0 "$status"
  chmod 755 "$work"
  run setpriv --reuid 65534 --regid 65534 --clear-groups env AICTR_ROOT="$work/theirs" aictr run busybox true
  refused "an ordinary user" "needs root" "sudo"

  lower='ulimit -n 4096; exec "$@"'
  run without sys_resource bash -c "$lower" - aictr -v run --rm --network none busybox sh -c 'ulimit -n; ulimit -Hn'
  check "a default above the hard limit is lowered" equals $'4096\n4096' "$output"
  check "with a word at -v" contains "open files limited to 4096: raising the limit needs CAP_SYS_RESOURCE" "$errors"
  run without sys_resource bash -c "$lower" - aictr run --rm --network none busybox true
  check "and none without" equals "" "$errors"
  run without sys_resource bash -c "$lower" - aictr run --rm --ulimit nofile=5000 --network none busybox true
  refused "a wish above the hard limit" "--ulimit 'nofile=5000': the hard limit here is 4096" "4096 or less"
fi

# --- overlayfs, which a seccomp filter makes look absent: what the kernel says then is ENODEV from fsopen(2)
no_overlayfs='
import ctypes, os, sys
seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
filter = ctypes.c_void_p(seccomp.seccomp_init(0x7FFF0000))
number = seccomp.seccomp_syscall_resolve_name(b"fsopen")
assert seccomp.seccomp_rule_add(filter, 0x00050000 | 19, number, 0) == 0
assert seccomp.seccomp_load(filter) == 0
os.execvp(sys.argv[1], sys.argv[1:])'
if python3 -c "$no_overlayfs" true 2>/dev/null; then
  run python3 -c "$no_overlayfs" aictr run --rm busybox true
  refused "a kernel without overlayfs" "this kernel has no overlayfs" "modprobe overlay"
  run python3 -c "$no_overlayfs" aictr build --progress plain --no-cache "$context"
  refused "a build on a kernel without overlayfs" "this kernel has no overlayfs" "modprobe overlay"
fi

# --- cgroups
read_only_cgroups='awk "\$5 ~ \"^/sys/fs/cgroup\" { print \$5 }" /proc/self/mountinfo |
  while read -r mount; do mount -o remount,bind,ro "$mount"; done; exec "$@"'
private() { unshare --mount --propagation private bash -c "$read_only_cgroups" - "$@"; }
if private true 2>/dev/null; then
  run private aictr run --rm busybox true
  refused "read-only cgroups" "Read-only file system" "must be writable"
  run private aictr run --rm --memory 64m busybox true
  refused "read-only cgroups and a limit" "Read-only file system" "must be writable"
  run private aictr build --progress plain --no-cache "$context"
  refused "a build with read-only cgroups" "Read-only file system" "must be writable"
fi
