#!/bin/bash
# Runs the tests of tests/vm/guest in a virtual machine: a host with every controller on cgroup v2, a disk and swap of its
# own, whatever the machine under it has. Boots in seconds without hardware virtualisation; needs qemu-system-x86, cpio,
# busybox-static and the distribution's cloud kernel, which it downloads once. AICTR_VM_TEST=limits runs that one alone.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/kernel.sh"
. "$(dirname "$0")/criu.sh"

[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64 machine"
need qemu-system-x86_64 cpio gzip busybox
[ -x "$AICTR_BIN/../tests/vm_guest" ] || skip "needs a static build (AICTR_STATIC)"
own_work
find_criu "${AICTR_VM_CACHE:-$AICTR_BIN/../vm}"
find_kernel "${AICTR_VM_CACHE:-$AICTR_BIN/../vm}"

make_initramfs() {
  local root=$work/initramfs module program
  mkdir -p "$root"/{bin,lib/modules,tests}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$AICTR_SOURCE/tests/vm/init" "$root/init"
  : >"$root/lib/modules/order"
  for module in virtio_pci virtio_blk bfq overlay erofs loop nf_tables unix_diag tcp_diag udp_diag netlink_diag af_packet_diag; do add_module "$module" "$root/lib/modules"; done
  cp "$AICTR_BIN/../tests/vm_guest" "$AICTR_BIN/aictr-runtime" "$root/bin/"
  # shellcheck disable=SC2086  # a pattern
  cp "$AICTR_SOURCE"/tests/vm/guest/${AICTR_VM_TEST:-*}.sh "$root/tests/"
  for program in /lib/systemd/systemd /bin/systemctl /bin/tar; do add_program $program "$root"; done
  add_criu "$root"
  (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initramfs.gz"
}

# Copies a program of this machine, where there is one, with the libraries that it loads.
add_program() { # PATH ROOT
  local file
  if [ ! -x "$1" ]; then return; fi
  for file in "$1" $(ldd "$1" | grep -o '/[^ ]*'); do
    if [ -e "$2$file" ]; then continue; fi
    mkdir -p "$2$(dirname "$file")"
    cp -L "$file" "$2$file"
  done
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
