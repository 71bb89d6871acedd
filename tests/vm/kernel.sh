# shellcheck shell=bash
# Gets the kernel of the virtual machine, without installing anything: Debian's cloud kernel from the machine's own package
# mirror. Another one can be named by AICTR_VM_KERNEL (a bzImage) and AICTR_VM_MODULES (its directory
# below /lib/modules).

# What Debian's meta package stands for at the moment: linux-image-6.1.0-56-cloud-amd64.
kernel_package() {
  apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -1
}

download_kernel() { # PACKAGE DIRECTORY
  local partial=$2.partial
  rm -rf "$partial"
  mkdir -p "$partial"
  (cd "$partial" && apt-get -o APT::Sandbox::User=root download "$1" >/dev/null 2>"$partial/errors") || return 1
  dpkg-deb -x "$partial"/*.deb "$partial/files"
  rm -f "$partial"/*.deb
  mv "$partial" "$2"
}

# Leaves the paths in $vm_kernel and $vm_modules.
find_kernel() { # CACHE-DIRECTORY
  vm_kernel=${AICTR_VM_KERNEL:-}
  vm_modules=${AICTR_VM_MODULES:-}
  if [ -n "$vm_kernel" ]; then return; fi
  command -v apt-cache >/dev/null || skip "needs a kernel: set AICTR_VM_KERNEL and AICTR_VM_MODULES"
  local package
  package=$(kernel_package)
  [ -n "$package" ] || skip "needs the package linux-image-cloud-amd64, which this distribution does not have"
  if [ ! -d "$1/$package" ]; then
    download_kernel "$package" "$1/$package" || skip "needs the package $package, which cannot be downloaded"
  fi
  vm_kernel=$(find "$1/$package/files/boot" -name 'vmlinuz-*')
  vm_modules=$(find "$1/$package/files/lib/modules" -mindepth 1 -maxdepth 1)
}

# Copies a module and those that it needs into DIRECTORY, uncompressed, and lists them in DIRECTORY/order. One that is
# built in is no file.
add_module() { # NAME DIRECTORY
  local file needed
  if [ -e "$2/$1.ko" ]; then return; fi
  file=$(find "$vm_modules" -name "$1.ko" -o -name "$1.ko.xz" -o -name "$1.ko.zst" | head -1)
  case $file in
    '') return ;;
    *.xz) xz -dc "$file" >"$2/$1.ko" ;;
    *.zst) zstd -qdc "$file" >"$2/$1.ko" ;;
    *) cp "$file" "$2/$1.ko" ;;
  esac
  needed=$(tr '\0' '\n' <"$2/$1.ko" | LC_ALL=C sed -n 's/^depends=//p')
  for needed in ${needed//,/ }; do add_module "$needed" "$2"; done
  echo "$1.ko" >>"$2/order"
}
