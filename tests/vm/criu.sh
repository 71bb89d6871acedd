# shellcheck shell=bash
# Gets criu for the virtual machine: the machine's own, or else Debian's with the libraries that it needs, without installing
# anything. Without either its test is skipped there.

criu_packages='criu libbsd0 libmd0 libmnl0 libnet1 libnftables1 libnftnl11 libnl-3-200 libprotobuf-c1 libxtables12 libjansson4
  libgnutls30 libgmp10 libnettle8 libhogweed6 libidn2-0 libp11-kit0 libtasn1-6 libunistring2 libffi8'

# Leaves the directory that its files are below in $vm_criu; empty: none.
find_criu() { # CACHE-DIRECTORY
  vm_criu=
  if command -v criu >/dev/null; then
    vm_criu=/
    return
  fi
  if [ -d "$1/criu" ]; then
    vm_criu=$1/criu
    return
  fi
  command -v apt-get >/dev/null || return 0
  local partial=$1/criu.partial package
  rm -rf "$partial"
  mkdir -p "$partial/files"
  # shellcheck disable=SC2086  # a list of words
  (cd "$partial" && apt-get -o APT::Sandbox::User=root download $criu_packages >/dev/null 2>&1) || return 0
  for package in "$partial"/*.deb; do dpkg-deb -x "$package" "$partial/files"; done
  mv "$partial/files" "$1/criu"
  rm -rf "$partial"
  vm_criu=$1/criu
}

# Copies it with its libraries, each to where the loader of the machine looks for it.
add_criu() { # ROOT
  [ -n "$vm_criu" ] || return 0
  local libraries=$vm_criu/usr/lib/x86_64-linux-gnu:$vm_criu/lib/x86_64-linux-gnu file
  for file in $(LD_LIBRARY_PATH=$libraries ldd "$vm_criu/usr/sbin/criu" | grep -o '/[^ ]*'); do
    mkdir -p "$1/usr/lib/x86_64-linux-gnu"
    case $file in
      */ld-linux*) mkdir -p "$1/lib64" && cp -L "$file" "$1/lib64/" ;;
      *) cp -L "$file" "$1/usr/lib/x86_64-linux-gnu/" ;;
    esac
  done
  mkdir -p "$1/usr/sbin"
  cp "$vm_criu/usr/sbin/criu" "$1/usr/sbin/"
}
