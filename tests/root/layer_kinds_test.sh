#!/bin/bash
# A layer that came from elsewhere shows the tree that GNU tar extracts, whether it is kept as its tar with an EROFS index
# or as a directory; fsck.erofs accepts every index.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3 setfattr getfattr
own_store
fixtures=$(dirname "$0")/../peers

kinds=directory
mkdir "$work/probe"
tar -C "$work/probe" -cf "$work/probe.tar" .
"$fixtures/make_layout.py" "$work/probe-layout" probe "$work/probe.tar" >/dev/null
tar -C "$work/probe-layout" -c . | aictr load -q
if grep -q '"kind":"tar"' "$AICTR_ROOT"/layers/*/layer.json; then kinds="tar directory"; fi

# fsck.erofs knows 512-byte blocks from erofs-utils 1.8 on. Where the distribution's is older Debian's is taken, in an image
# that is made once a clone; FSCK_EROFS names another.
fsck=${FSCK_EROFS:-$(command -v fsck.erofs || true)}
judges=$(dirname "$(dirname "$AICTR_BIN")")/test-store
if [ -z "$fsck" ] || ! [[ $("$fsck" -V 2>&1) =~ erofs.*1\.([89]|[1-9][0-9]) ]]; then
  fsck=
  run env AICTR_ROOT="$judges" AICTR="$AICTR_BIN/aictr" "$AICTR_SOURCE/scripts/base-image" erofs-utils
  [ "$status" -eq 0 ] || echo "note: no fsck.erofs of erofs-utils 1.8 judges the indexes: $errors"
fi
accepts_index() { # LAYER
  if [ -n "$fsck" ]; then
    "$fsck" --device="$1/layer.tar" "$1/layer.erofs"
  elif [ -n "$(aictr --root "$judges" images -q erofs-utils)" ]; then
    aictr --root "$judges" run --rm --network none -v "$1:/layer:ro" erofs-utils fsck.erofs --device=/layer/layer.tar /layer/layer.erofs
  fi
}

# Everything about a tree but the root directory's own time, sorted by name.
facts() {
  (cd "$1" && find . -mindepth 1 \( -type d -printf '%P %M %U:%G %T@ %n\n' -o -type l -printf '%P %y %U:%G %T@ %l %n\n' -o \
    \( -type b -o -type c \) -printf '%P %M %U:%G %T@ %n\n' -o -printf '%P %M %U:%G %s %T@ %n\n' \) | sort)
  (cd "$1" && find . \( -type b -o -type c \) -exec stat -c '%n %t %T' {} + | sort)
  (cd "$1" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum --)
  (cd "$1" && getfattr -R -P -h -d -m '^(user|security\.capability|system\.posix_acl)' . 2>/dev/null)
}

# mount(8) would put a loop device under the index; the kernel takes the file itself.
mount_index() {
  python3 - "$1" "$2" <<'PY'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
options = f"device={sys.argv[1]}/layer.tar".encode()
if libc.mount(f"{sys.argv[1]}/layer.erofs".encode(), sys.argv[2].encode(), b"erofs", 1, options) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
PY
}

# shows_as TREE TAR: the layer made of the tar shows what is in the tree, in every kind.
shows_as() {
  local kind layer mount=$work/mount result=0
  mkdir -p "$mount"
  for kind in $kinds; do
    rm -rf "$AICTR_ROOT" "$work/layout"
    "$fixtures/make_layout.py" "$work/layout" it "$2" >/dev/null
    tar -C "$work/layout" -c . | AICTR_LAYERS=$kind aictr load -q || return 1
    layer=$(echo "$AICTR_ROOT"/layers/*)
    if [ "$kind" = directory ]; then
      facts "$layer/fs" >"$work/seen"
    else
      accepts_index "$layer" >"$work/fsck" 2>&1 || { cat "$work/fsck" && result=1; }
      cmp "$layer/layer.tar" <(plain "$2") || result=1
      mount_index "$layer" "$mount" || return 1
      facts "$mount" >"$work/seen"
      umount "$mount"
    fi
    diff <(facts "$1") "$work/seen" >"$work/differences" || { echo "$kind:" && head -20 "$work/differences" && result=1; }
  done
  return $result
}

plain() { case $1 in *.gz) gzip -dc "$1" ;; *) cat "$1" ;; esac; }

echo "# files of every kind"
tree=$work/tree
mkdir -p "$tree/dir/sub" "$tree/many" "$tree/empty"
echo text >"$tree/dir/file"
: >"$tree/dir/nothing"
head -c 100000 /dev/urandom >"$tree/dir/noise"
head -c 512 /dev/urandom >"$tree/dir/block"
ln "$tree/dir/noise" "$tree/dir/sub/link"
ln -s ../file "$tree/dir/sub/symlink"
ln -s "$(printf 'x%.0s' $(seq 600))" "$tree/dir/long-link"
mkfifo "$tree/dir/pipe"
mknod "$tree/dir/char" c 5 1
mknod "$tree/dir/block-device" b 259 300000
cp /bin/true "$tree/dir/setuid" && chmod 4755 "$tree/dir/setuid"
chmod 2775 "$tree/dir/sub" && chmod 1777 "$tree/empty" && chmod 0 "$tree/dir/block"
chown 1000:2000 "$tree/dir/file" && chown 4000000:3000000 "$tree/dir/nothing" && chown -h 7:8 "$tree/dir/long-link"
for i in $(seq 1 700); do echo "$i" >"$tree/many/file number $i"; done
printf 'wide' >"$tree/many/ünïcödé-☃"
: >"$tree/many/$(printf 'n%.0s' $(seq 255))"
: >"$tree/many/!before-dots"
deep=$tree/deep
for _ in $(seq 12); do deep=$deep/$(printf 'd%.0s' $(seq 60)); done
mkdir -p "$deep" && echo deep >"$deep/file"
setfattr -n user.note -v 'some text' "$tree/dir/file"
setfattr -n user.large -v "$(printf 'v%.0s' $(seq 2000))" "$tree/dir/sub"
if command -v setcap >/dev/null; then setcap cap_net_raw+ep "$tree/dir/setuid"; fi
if command -v setfacl >/dev/null; then setfacl -m u:33:rx -d -m g:44:rwx "$tree/dir/sub"; fi
find "$tree" -exec touch -h -d @1600000001 {} +
for format in gnu pax; do
  tar -C "$tree" --format=$format --xattrs --xattrs-include='*' -cf "$work/$format.tar" .
  check "a tar in the format $format" shows_as "$tree" "$work/$format.tar"
done
gzip -k "$work/pax.tar"
check "a compressed one" shows_as "$tree" "$work/pax.tar.gz"
rm -rf "$tree/deep" "$tree/many" "$tree/dir/nothing" "$tree/dir/long-link" "$tree/dir/block-device"
find "$tree" | while read -r file; do setfattr -h -x user.note "$file" 2>/dev/null || true; done
for format in v7 ustar; do
  tar -C "$tree" --format=$format -cf "$work/$format.tar" --exclude=./dir/pipe* --exclude=./dir/char . 2>/dev/null
  mkdir "$work/$format"
  tar -C "$work/$format" -xpf "$work/$format.tar"
  check "a tar in the format $format" shows_as "$work/$format" "$work/$format.tar"
done

echo "# sparse files"
mkdir "$work/sparse"
truncate -s 60M "$work/sparse/hole"
for at in 0 123456 1048576 50000000; do
  printf 'data at %s' "$at" | dd of="$work/sparse/some" bs=1 seek="$at" conv=notrunc status=none
done
truncate -s 62914561 "$work/sparse/some"
touch -d @1600000001 "$work/sparse"/*
for sparse in 0.0 0.1 1.0; do
  tar -C "$work/sparse" --format=pax --sparse --sparse-version=$sparse -cf "$work/sparse.tar" .
  check "sparse files of version $sparse" shows_as "$work/sparse" "$work/sparse.tar"
done
tar -C "$work/sparse" --format=gnu --sparse -cf "$work/sparse.tar" .
check "sparse files of the old GNU form" shows_as "$work/sparse" "$work/sparse.tar"
check "holes take no room" at_most 2000 "$(du -sk "$AICTR_ROOT/layers" | cut -f 1)"

echo "# entries that meet"
python3 - "$work" <<'PY'
import io, sys, tarfile
out = tarfile.open(sys.argv[1] + "/meet.tar", "w", format=tarfile.PAX_FORMAT)
def add(name, kind=tarfile.REGTYPE, data=b"", link="", mode=0o644):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.mtime, info.size = kind, link, mode, 1600000001, len(data)
    out.addfile(info, io.BytesIO(data))
add("usr/", tarfile.DIRTYPE, mode=0o755)
add("usr/lib/", tarfile.DIRTYPE, mode=0o755)
add("lib", tarfile.SYMTYPE, link="usr/lib")
add("lib/through", data=b"through a link")
add("absolute", tarfile.SYMTYPE, link="/usr/lib")
add("absolute/there", data=b"inside, not on the host")
add("twice", data=b"first")
add("twice", data=b"second, longer")
add("was-file", data=b"x")
add("was-file/", tarfile.DIRTYPE, mode=0o700)
add("was-dir/", tarfile.DIRTYPE, mode=0o755)
add("was-dir/in", data=b"gone")
add("was-dir", data=b"a file now")
add("./odd//name/./file", data=b"odd")
add("usr/lib/a", data=b"linked")
add("usr/lib/b", tarfile.LNKTYPE, link="usr/lib/a")
add("c", tarfile.LNKTYPE, link="lib/b")
add("usr/", tarfile.DIRTYPE, mode=0o711)
out.close()
PY
mkdir "$work/met"
tar -C "$work/met" -xpf "$work/meet.tar" 2>/dev/null || true
rm -rf "$work/met/absolute" "$work/met"/was-* # GNU tar removes neither links to elsewhere nor full directories
ln -s /usr/lib "$work/met/absolute" && touch -h -d @1600000001 "$work/met/absolute"
mkdir -m 700 "$work/met/was-file" && printf 'a file now' >"$work/met/was-dir"
printf 'inside, not on the host' >"$work/met/usr/lib/there"
chmod 644 "$work/met/usr/lib/there" "$work/met/was-dir"
touch -d @1600000001 "$work/met/usr/lib/there" "$work/met"/was-* "$work/met/usr/lib" "$work/met/usr"
touch -d @0 "$work/met/odd" "$work/met/odd/name"
check "later entries win, links are followed inside" shows_as "$work/met" "$work/meet.tar"

echo "# hostile and damaged tars"
python3 - "$work" <<'PY'
import io, sys, tarfile
def tar(name, *entries):
    with tarfile.open(f"{sys.argv[1]}/bad-{name}.tar", "w") as out:
        for path, kind, data, link in entries:
            info = tarfile.TarInfo(path)
            info.type, info.size, info.linkname = kind, len(data), link
            out.addfile(info, io.BytesIO(data))
F, D, S, L = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
tar("dots", ("../escaped", F, b"x", ""))
tar("link-dots", ("a", L, b"", "../../etc/passwd"))
tar("link-missing", ("a", L, b"", "etc/passwd"))
tar("link-through", ("s", S, b"", "/etc"), ("a", L, b"", "s/passwd"))
tar("under-file", ("a", F, b"x", ""), ("a/b", F, b"x", ""))
tar("circle", ("a", S, b"", "b"), ("b", S, b"", "a"), ("a/x", F, b"x", ""))
tar("whiteout-dots", (".wh...", F, b"", ""))
tar("whiteout-nothing", (".wh.", F, b"", ""))
PY
head -c 60000 "$work/pax.tar" >"$work/bad-short.tar"
(head -c 5000 "$work/pax.tar.gz" && head -c 5000 /dev/zero) >"$work/bad-zip.tar.gz"
for kind in $kinds; do
  for bad in "$work"/bad-*.tar; do
    rm -rf "$AICTR_ROOT" "$work/layout"
    "$fixtures/make_layout.py" "$work/layout" it "$bad" >/dev/null
    tar -C "$work/layout" -cf "$work/archive.tar" .
    AICTR_LAYERS=$kind run aictr load -i "$work/archive.tar"
    name=$(basename "$bad" .tar)
    check "$name is refused ($kind)" equals "125 " "$status $(ls "$AICTR_ROOT/layers")"
    check "in one line ($kind)" equals 1 "$(wc -l <<<"$errors")"
  done
done
check "nothing has left the store" fails test -e "$work/escaped"
