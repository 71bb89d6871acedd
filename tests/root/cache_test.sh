#!/bin/bash
# `run --cache`: caches of the caller's, whose files stay the caller's.

. "$(dirname "$0")/../lib.sh"
need_root
own_store
busybox_image busybox

home=$(mktemp -d)
at_exit rm -rf "$home"
chmod 755 "$home"
export HOME=$home
unset XDG_CACHE_HOME SUDO_UID SUDO_GID HF_HOME PIP_CACHE_DIR UV_CACHE_DIR TORCH_HOME

run aictr run --rm --network none --cache hf,pip,uv,torch busybox sh -c \
  'echo x >$HF_HOME/model; echo $PIP_CACHE_DIR $UV_CACHE_DIR $TORCH_HOME $UV_LINK_MODE'
check "the programs are led to their caches" equals \
  "/var/cache/aictr/pip /var/cache/aictr/uv /var/cache/aictr/torch copy" "$output"
check "what the container writes is in the caller's cache" equals x "$(cat "$home/.cache/huggingface/model")"
run aictr run --rm --network none --cache hf busybox sh -c 'cat $HF_HOME/model'
check "and the next container has it" equals x "$output"
run aictr run --rm --network none --cache hf -e HF_HOME=/models busybox cat /models/model
check "a place of the user's is where the cache is" equals x "$output"
run aictr run --rm --network none --cache npm busybox true
check "an unknown cache is refused" contains "there are hf, pip" "$errors"

# Behind sudo: the caller is another user, to whom everything must belong.
other=$(mktemp -d)
at_exit rm -rf "$other"
chown 1234:4321 "$other"
chmod 755 "$other"
passwd=$(mktemp)
at_exit rm -f "$passwd"
{ cat /etc/passwd && echo "sudoer:x:1234:4321::$other:/bin/sh"; } >"$passwd"
as_sudoer() {
  unshare --mount sh -c 'mount --bind "$0" /etc/passwd && SUDO_UID=1234 SUDO_GID=4321 exec "$@"' "$passwd" "$@"
}
run as_sudoer aictr -v run --rm --network none --cache torch busybox sh -c 'id -u; echo y >$TORCH_HOME/w; stat -c %u $TORCH_HOME/w'
check "a cache that is missing is made, and belongs to the caller" equals 1234:4321 "$(stat -c %u:%g "$other/.cache/torch")"
if grep -q "belong to the user 1234" <<<"$errors"; then
  check "in the container files are root's" equals $'0\n0' "$output"
  check "and on the host the caller's" equals 1234:4321 "$(stat -c %u:%g "$other/.cache/torch/w")"
else
  check "a file system that cannot map owners is told" contains "cannot map owners" "$errors"
fi
