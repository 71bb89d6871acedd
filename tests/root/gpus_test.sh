#!/bin/bash
# `aictr run --gpus` with drivers that are made up: device nodes of major 195 that nobody answers at, where ENXIO means
# that the device filter lets a container pass and EPERM that it does not; a libcuda that counts the nodes it can open.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../gpu_images.sh
. "$(dirname "$0")/../gpu_images.sh"
need_root
need cc mknod ldconfig
own_store

fake() { # KIND [VERSION]: from here on the machine has this driver
  machine=$work/machine-$1${2:-}
  [ -d "$machine" ] || "$AICTR_SOURCE/tests/fixtures/make_driver.sh" "$1" "$machine" ${2:+"$2"}
  export AICTR_DRIVER_ROOT=$machine/root AICTR_DEV_ROOT=$machine/dev AICTR_PROC_ROOT=$machine/proc AICTR_SYS_ROOT=$machine/sys
}
on() { run aictr run --rm --network none "$@"; }
count="env -u LD_LIBRARY_PATH /bin/count"

glibc_image glibc
fake debian

# The libraries are found by SONAME through the cache that was written, whatever the image has for one.
on --gpus all glibc sh -c "$count"
check "a program loads libcuda by its name and sees two GPUs" equals 2 "$output"
check "and nothing is said" equals "" "$errors"
on --gpus all glibc sh -c 'env -u LD_LIBRARY_PATH /bin/count libc.so.6 >/dev/null 2>&1; ls -l /usr/lib/aictr/nvidia'
check "SONAMEs are links" contains "libcuda.so.1 -> libcuda.so.580.95.05" "$output"
check "with the plain name that compilers look for" contains "libcuda.so -> libcuda.so.1" "$output"
check "a library that cannot be read is named by its file" contains "libnvidia-nvvm.so.1 -> libnvidia-nvvm.so.580.95.05" "$output"
check "what is not the driver's stays out" lacks unrelated "$output"
for cache in compat none broken; do
  glibc_image glibc-$cache $cache
  on --gpus all glibc-$cache sh -c "$count"
  check "the same in an image with a cache like this: $cache" equals 2 "$output"
done
on --gpus all glibc sh -c 'ldconfig -p 2>/dev/null | head -1; cat /etc/ld.so.cache | head -c 20'
check "the cache has the new format" contains "glibc-ld.so.cache1.1" "$output"
if musl_image musl; then
  on --gpus all musl sh -c "$count"
  check "musl's loader finds them too" equals 2 "$output"
  on --gpus all musl sh -c 'cat /etc/ld-musl-*.path'
  check "by its list of directories" equals /usr/lib/aictr/nvidia:/lib:/usr/local/lib:/usr/lib "$output"
else
  echo "not checked: musl (needs the package musl-tools)"
fi

# Which devices, and the filter.
on glibc sh -c 'ls /dev; mknod /tmp/n c 195 0; cat /tmp/n'
check "without --gpus there is no node" lacks nvidia "$output"
check "and the filter refuses one that is made" contains "not permitted" "$errors"
on -e NVIDIA_VISIBLE_DEVICES=all glibc sh -c 'ls /dev; mknod /tmp/n c 195 0; cat /tmp/n'
check "a variable grants nothing" lacks nvidia "$output"
check "nor does the filter then" contains "not permitted" "$errors"
on --gpus all glibc sh -c 'cat /dev/nvidia0'
check "with it the filter lets pass" contains "No such device" "$errors"
for request in device=1 device=GPU-00000000-0000-0000-0000-000000000001 device=0000:65:00.0 device=nvidia.com/gpu=1 select=free:1; do
  on --gpus "$request" glibc sh -c 'cd /dev; echo nvidia?; mknod /tmp/n c 195 0; cat /tmp/n'
  check "$request is the second GPU" equals nvidia1 "$output"
  check "and the first stays shut: $request" contains "not permitted" "$errors"
done
on --gpus '"device=0,1"' glibc sh -c "$count"
check "two by name" equals 2 "$output"
on --gpus 1 glibc sh -c 'echo /dev/nvidia?'
check "one is the first" equals /dev/nvidia0 "$output"
on --gpus 'select=mem>=40G' glibc sh -c 'echo /dev/nvidia?'
check "by memory" equals /dev/nvidia0 "$output"
on --gpus 0 glibc sh -c 'ls /dev'
check "none is none" lacks nvidia "$output"
on --gpus device=0,1 glibc true
check "what Docker refuses is refused" contains "cannot set both Count and DeviceIDs" "$errors"
check "with the form that works" contains "--gpus '\"device=0,1\"'" "$errors"
on --gpus 3 glibc true
check "more than there are" contains "3 GPUs are wanted" "$errors"
on --gpus device=7 glibc true
check "one that is not there, with those that are" contains "there are 0 (NVIDIA Fake H200, GPU-00000000" "$errors"
on --gpus 'select=free:2' glibc true
check "not enough are free" contains "0: 140 GiB, in use; 1: 24 GiB, free" "$errors"

# What of the driver.
on --gpus all glibc sh -c 'ls /usr/lib/aictr/nvidia /dev; nvidia-smi; cat /usr/share/glvnd/egl_vendor.d/* 2>&1'
check "by default computing" contains libcuda.so.1 "$output"
check "and utilities" contains "GPU list" "$output"
check "no graphics" lacks libGLX "$output"
on --gpus all,capabilities=utility glibc sh -c 'ls /usr/lib/aictr/nvidia /dev'
check "utility alone has NVML" contains libnvidia-ml.so.1 "$output"
check "but no CUDA" lacks libcuda "$output"
check "and not its memory node" lacks nvidia-uvm "$output"
on --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute glibc sh -c 'ls /usr/lib/aictr/nvidia /dev; nvidia-smi'
check "compute alone has CUDA" contains libcuda.so.1 "$output"
check "but no NVML" lacks libnvidia-ml "$output"
check "and no nvidia-smi" equals 127 "$status"
on --gpus 'device=0,"capabilities=graphics,display"' glibc sh -c 'ls /usr/lib/aictr/nvidia /dev /dev/dri; cat /etc/vulkan/icd.d/* /usr/share/glvnd/egl_vendor.d/*; grep Groups /proc/self/status'
check "graphics has the Vulkan file" contains libGLX_nvidia.so.0 "$output"
check "the EGL file" contains libEGL_nvidia.so.0 "$output"
check "the display nodes" contains renderD128 "$output"
check "and their group" matches $'Groups:\t0 44 ?' "$output"
check "and modeset" contains nvidia-modeset "$output"
on --gpus all,capabilities=foo glibc true
check "an unknown capability" contains "unknown driver capability 'foo'" "$errors"
on --gpus device=1 glibc sh -c 'cat /proc/driver/nvidia/params; ls /proc/driver/nvidia/gpus; cat /proc/driver/nvidia/version'
check "the driver's libraries make no nodes" contains "ModifyDeviceFiles: 0" "$output"
check "the GPU's entry is there" contains 0000:65:00.0 "$output"
check "the others' are not" lacks 0000:17:00.0 "$output"
check "on the host nothing has changed" contains "ModifyDeviceFiles: 1" "$(cat "$machine/proc/driver/nvidia/params")"
on --gpus all glibc sh -c 'echo x >/usr/lib/aictr/nvidia/libcuda.so.1; echo x >/proc/driver/nvidia/params; echo $?'
check "the driver's files cannot be written" contains "Read-only" "$errors"

# What an image asks for.
on --gpus all -e NVIDIA_REQUIRE_CUDA='cuda>=13.1 brand=tesla,driver>=470,driver<471' glibc true
check "an image that needs a newer driver is refused" contains "needs cuda>=13.1 (NVIDIA_REQUIRE_CUDA), and the driver is 580.95.05, which runs CUDA 13.0" "$errors"
check "with an image that fits" contains "nvidia/cuda:13.0." "$errors"
on --gpus all -e NVIDIA_REQUIRE_CUDA='cuda>=12.9 brand=unknown,driver>=535,driver<536' glibc true
check "one that needs an older one is not" equals 0 "$status"
on --gpus all -e CUDA_VERSION=13.9.1 glibc true
check "CUDA_VERSION asks too" contains "needs cuda>=13.9 (CUDA_VERSION)" "$errors"
on --gpus all -e CUDA_VERSION=13.9.1 -e NVIDIA_DISABLE_REQUIRE=1 glibc true
check "unless that is switched off" equals 0 "$status"

# No trace, neither in the container's files nor in an image.
run aictr run --name traces --network none --gpus all glibc sh -c "$count"
check "a container that is kept" equals 2 "$output"
check "has nothing of the driver among what it has written" equals "" "$(traces_in_writable)"
aictr rm traces >/dev/null

# Other machines.
for kind in fedora local split nvswitch; do
  fake $kind
  on --gpus all glibc sh -c "$count; ls /dev /run"
  check "$kind: two GPUs" equals 2 "${output%%$'\n'*}"
  check "$kind: no switch's node" lacks nvswitch "$output"
done
on --gpus all glibc sh -c 'ls /run/nvidia-fabricmanager'
check "the fabric manager's socket is there" equals socket "$output"
fake mig
on --gpus device=0:1 glibc sh -c 'ls /dev/nvidia-caps; ls /proc/driver/nvidia/capabilities/gpu0/mig; echo /dev/nvidia?'
check "one MIG instance: its two nodes, its entry, its GPU" equals $'nvidia-cap21\nnvidia-cap22\ngi2\n/dev/nvidia0' "$output"
on --gpus device=MIG-22222222-0000-0000-0000-000000000000 glibc ls /dev/nvidia-caps
check "the same by UUID, which NVML tells" equals $'nvidia-cap21\nnvidia-cap22' "$output"
on --gpus device=0 glibc ls /dev/nvidia-caps
check "the whole GPU has both" equals $'nvidia-cap12\nnvidia-cap13\nnvidia-cap21\nnvidia-cap22' "$output"
fake hanging
on --gpus select=free:1 glibc true
check "an NVML that hangs is given up" contains NVML "$errors"
on --gpus all glibc sh -c "$count"
check "and is not needed for the rest" equals 2 "$output"
fake jetson
on --gpus all glibc true
check "a Jetson is refused politely" contains "this is a Jetson" "$errors"
on --gpus auto glibc echo here
check "auto runs on the CPU" equals here "$output"
check "and says so" contains "runs on the CPU" "$errors"
fake debian
on --gpus auto glibc sh -c "$count"
check "auto takes what there is" equals 2 "$output"
printf '%s\n' 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  575.64.03  Mon' >"$machine/proc/driver/nvidia/version"
on --gpus all glibc true
check "a module of another version" contains "kernel module is version 575.64.03, but the libraries in" "$errors"
check "says both" contains "are version 580.95.05" "$errors"
