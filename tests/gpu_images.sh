# shellcheck shell=bash disable=SC2154
# Images for the tests of GPUs, and what may be left of a driver in one. Sourced after lib.sh.

machine_triplet=$(uname -m)-linux-gnu

# glibc_rootfs DIRECTORY [new|compat|none|broken]: busybox, a C library with a library cache of that format, and
# /bin/count, which loads libcuda (tests/fixtures/driver/count.c).
glibc_rootfs() {
  local root=$1 cache=${2:-new} file
  busybox_rootfs "$root"
  mkdir -p "$root/etc/ld.so.conf.d" "$root/lib/$machine_triplet" "$root/lib64"
  [ -x "$work/count" ] || cc -o "$work/count" "$AICTR_SOURCE/tests/fixtures/driver/count.c" -ldl
  cp "$work/count" "$root/bin/count"
  for file in $(ldd "$work/count" | grep -o '/[^ ]*'); do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
  printf 'include /etc/ld.so.conf.d/*.conf\n' >"$root/etc/ld.so.conf"
  printf '/lib/%s\n' "$machine_triplet" >"$root/etc/ld.so.conf.d/$machine_triplet.conf"
  case $cache in
    none) rm -f "$root/etc/ld.so.cache" ;;
    broken) head -c 300 /dev/urandom >"$root/etc/ld.so.cache" ;;
    *) ldconfig -r "$root" -c "$cache" ;;
  esac
}

# import_root DIRECTORY NAME: makes the directory an image, and removes it.
import_root() {
  tar -C "$1" -cf "$1.tar" .
  aictr import "$1.tar" "$2" >/dev/null
  rm -rf "$1" "$1.tar"
}

glibc_image() { # NAME [CACHE]
  glibc_rootfs "$work/rootfs" "${2:-new}"
  import_root "$work/rootfs" "$1"
}

# An image whose one C library is musl; false where there is no compiler for it.
musl_image() { # NAME
  local root=$work/rootfs loader
  command -v musl-gcc >/dev/null || return 1
  loader=/lib/ld-musl-$(uname -m).so.1
  [ -e "$loader" ] || return 1
  busybox_rootfs "$root"
  mkdir -p "$root/lib"
  musl-gcc -o "$root/bin/count" "$AICTR_SOURCE/tests/fixtures/driver/count.c"
  cp -L "$loader" "$root$loader"
  import_root "$root" "$1"
}

# Whatever a driver could have left in what containers of the test's store have written.
traces_in_writable() {
  find "$AICTR_ROOT" -path '*/gpu/*' -prune -o \
    \( -name '*nvidia*' -o -name 'libcuda*' -o -name 'ld.so.cache' -o -name 'aictr' \) -path '*/upper*' -print
}
