#!/bin/bash
# Images that tried to get out through the GPU tools of others (CVE-2024-0132, CVE-2024-0134, CVE-2025-23266,
# CVE-2025-23267 and relatives). Each must leave the host as it was; most run all the same.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../gpu_images.sh
. "$(dirname "$0")/../gpu_images.sh"
need_root
need cc mknod ldconfig
own_store
"$AICTR_SOURCE/tests/fixtures/make_driver.sh" debian "$work/machine"
export AICTR_DRIVER_ROOT=$work/machine/root AICTR_DEV_ROOT=$work/machine/dev AICTR_PROC_ROOT=$work/machine/proc
export AICTR_SYS_ROOT=$work/machine/sys

links=0
victim=$work/victim
mkdir "$victim"
echo untouched >"$victim/file"
victim_before=$(cd "$victim" && find . -ls)
machine_before=$(cd "$work/machine" && find . -ls)

attack() { # NAME: imports $work/rootfs, runs it with a GPU
  import_root "$work/rootfs" "$1"
  run aictr run --rm --network none --gpus all "$1" sh -c 'env -u LD_LIBRARY_PATH /bin/count; cat /proc/self/mountinfo'
  check "$1: the host's files are as they were" equals "$victim_before" "$(cd "$victim" && find . -ls)"
  check "$1: so is the driver" equals "$machine_before" "$(cd "$work/machine" && find . -ls)"
  check "$1: nothing of the host is mounted but the driver" lacks "$victim" "$output"
}

# The library cache, a link out of the root or to the host by its own path.
glibc_rootfs "$work/rootfs"
ln -sf "../../../../../../../..$victim/file" "$work/rootfs/etc/ld.so.cache"
attack cache-link
check "the cache that was written is seen, not the link" equals 2 "${output%%$'\n'*}"

glibc_rootfs "$work/rootfs"
rm -r "$work/rootfs/etc/ld.so.conf.d" "$work/rootfs/etc/ld.so.cache"
ln -s "$victim" "$work/rootfs/etc/ld.so.conf.d"
attack conf-link

# /etc itself, a link out of the root.
glibc_rootfs "$work/rootfs"
mv "$work/rootfs/etc" "$work/rootfs/really"
ln -s "/../../../../../..$victim" "$work/rootfs/etc"
attack etc-link

# Forward compatibility: a directory or a link where a library is looked for, as a source of mounts of others.
for target in / "$victim" "../../../../../../..$victim/file"; do
  glibc_rootfs "$work/rootfs"
  mkdir -p "$work/rootfs/usr/local/cuda/compat"
  ln -s "$target" "$work/rootfs/usr/local/cuda/compat/libcuda.so.999.1"
  attack "compat-link-$((++links))"
  check "and the driver's own library is used" equals 2 "${output%%$'\n'*}"
done
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/local/cuda/compat/libcuda.so.999.1"
attack compat-directory
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/local/cuda"
ln -s "$victim" "$work/rootfs/usr/local/cuda/compat"
attack compat-folder-link
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/local/cuda/compat"
mkfifo "$work/rootfs/usr/local/cuda/compat/libcuda.so.999.1" "$work/rootfs/etc/fifo"
ln -sf fifo "$work/rootfs/etc/ld.so.cache"
attack pipes
check "a pipe is not waited for" equals 2 "${output%%$'\n'*}"

# Where mounts go: links in their way.
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/lib/firmware/nvidia"
ln -s "$victim" "$work/rootfs/lib/firmware/nvidia/580.95.05"
attack firmware-link
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/lib"
ln -s "../../../../../..$victim" "$work/rootfs/usr/lib/aictr"
attack library-link
glibc_rootfs "$work/rootfs"
rm "$work/rootfs/usr/bin"
ln -s "/proc/self/root$victim" "$work/rootfs/usr/bin"
attack magic-link
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/lib"
echo file >"$work/rootfs/usr/lib/aictr"
attack file-in-the-way
check "a file where a directory must be is told" contains "the image has a file at '/usr/lib/aictr'" "$errors"
glibc_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/usr/lib"
ln -s aictr "$work/rootfs/usr/lib/aictr"
attack link-circle
check "links in a circle are told" equals 125 "$status"

# A library that the loader of a program of ours would load, were one started with the container's environment.
glibc_rootfs "$work/rootfs"
printf '#include <fcntl.h>\n__attribute__((constructor)) static void run(void) { open("%s/file", O_WRONLY | O_TRUNC); }\n' "$victim" >"$work/poc.c"
cc -shared -fPIC -o "$work/rootfs/poc.so" "$work/poc.c"
import_root "$work/rootfs" preload
run aictr run --rm --network none --gpus all -e LD_PRELOAD=/proc/self/cwd/poc.so -e LD_AUDIT=./poc.so preload true
check "preload: the host's file is as it was" equals untouched "$(cat "$victim/file")"

# Mounts do not travel to the host, shared or not.
glibc_image plain
before=$(sort /proc/self/mountinfo)
unshare --mount --propagation shared sh -c '
  mount --make-rshared /
  before=$(wc -l </proc/self/mountinfo)
  aictr run --rm --network none --gpus all plain true || exit 1
  [ "$(wc -l </proc/self/mountinfo)" = "$before" ]' && shared=0 || shared=$?
check "a host whose mounts are shared sees none of the container's" equals 0 "$shared"
check "nor does this one" equals "$before" "$(sort /proc/self/mountinfo)"
