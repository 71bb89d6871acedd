#!/bin/bash
# Runs the tests of tests/vm/guest in a virtual machine: a host with every controller on cgroup v2, a disk and swap of its
# own, whatever the machine under it has. Boots in seconds without hardware virtualisation; needs qemu-system-x86, cpio,
# busybox-static and the distribution's cloud kernel, which it downloads once.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/kernel.sh"

[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64 machine"
need qemu-system-x86_64 cpio gzip busybox
[ -x "$AICTR_BIN/../tests/vm_guest" ] || skip "needs a static build (AICTR_STATIC)"
own_work
find_kernel "${AICTR_VM_CACHE:-$AICTR_BIN/../vm}"

make_initramfs() {
  local root=$work/initramfs module
  mkdir -p "$root"/{bin,lib/modules,tests}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$AICTR_SOURCE/tests/vm/init" "$root/init"
  : >"$root/lib/modules/order"
  for module in virtio_pci virtio_blk bfq overlay erofs loop; do add_module "$module" "$root/lib/modules"; done
  cp "$AICTR_BIN/../tests/vm_guest" "$AICTR_BIN/aictr-runtime" "$root/bin/"
  cp "$AICTR_SOURCE"/tests/vm/guest/*.sh "$root/tests/"
  (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initramfs.gz"
}

# The machine type pc and not microvm, whose devices a kernel finds through ACPI or by parameters only: the cloud kernel has
# no support for the latter, and with ACPI it waits for a timer that a processor without hardware virtualisation lacks.
boot() {
  truncate -s 64M "$work/disk"
  truncate -s 256M "$work/swap"
  timeout 300 qemu-system-x86_64 -M pc -accel tcg,thread=single -smp 2 -m 1536 -nodefaults -no-user-config \
    -display none -serial stdio -monitor none -no-reboot \
    -kernel "$vm_kernel" -initrd "$work/initramfs.gz" \
    -append "console=ttyS0 quiet panic=-1 reboot=t cgroup_no_v1=all mitigations=off" \
    -drive "id=disk,file=$work/disk,format=raw,if=none" -device virtio-blk-pci,drive=disk \
    -drive "id=swap,file=$work/swap,format=raw,if=none,cache=unsafe" -device virtio-blk-pci,drive=swap \
    </dev/null | tr -d '\r' | tee "$work/console"
}

# Lines "@end NAME CODE" of the guest.
judge() {
  local name code
  while read -r _ name code; do
    if [ "$code" = 77 ]; then
      echo "skipped in the virtual machine: $name"
    else
      check "guest test $name" equals 0 "$code"
    fi
  done < <(grep '^@end ' "$work/console")
  check "every guest test came to its end" equals "$(grep -c '^@begin ' "$work/console")" \
    "$(grep -c '^@end ' "$work/console")"
  check "the machine was shut down and no cgroup was left" equals '@left ' "$(grep '^@left' "$work/console")"
}

make_initramfs
boot
judge
