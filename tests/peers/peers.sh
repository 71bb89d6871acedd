# shellcheck shell=bash disable=SC2154
# What the tests under real callers share, after tests/lib.sh: an image that every one of them can load, and how a
# session with aictr-runtime is held against the same session with a peer.

# busybox_archive FILE NAME [COMMAND]: a root with a shell, as `docker save` writes images; COMMAND is a JSON list.
busybox_archive() {
  local file=$1 name=$2 command=${3:-'["sh"]'} digest
  own_work
  busybox_rootfs "$work/image/rootfs"
  tar -C "$work/image/rootfs" --sort=name --owner=0 --group=0 -cf "$work/image/layer.tar" .
  digest=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
  cat >"$work/image/config.json" <<EOF
{"architecture":"$(image_architecture)","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":$command},
 "rootfs":{"type":"layers","diff_ids":["sha256:$digest"]},"history":[{"created_by":"test"}]}
EOF
  echo '[{"Config":"config.json","RepoTags":["'"$name"'"],"Layers":["layer.tar"]}]' >"$work/image/manifest.json"
  tar -C "$work/image" -cf "$file" manifest.json config.json layer.tar
  rm -rf "$work/image"
}

image_architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

# wait_until SECONDS COMMAND...: until the command succeeds, or fails for good.
wait_until() {
  local tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

# stop_process PID: ends it and waits until it is gone.
stop_process() {
  kill "$1" 2>/dev/null || return 0
  wait_until 20 fails kill -0 "$1" || kill -KILL "$1"
}

# A session is a function of steps; it is done once with each runtime, and both must print the same. What goes to
# standard error is left out: there each has its own words.

# step COMMAND...: shows a command with what it printed and how it ended. The name of the runtime, and its own words
# where a caller prints them as output, are taken out.
step() {
  local code=0 said
  said=$("$@" 2>/dev/null) || code=$?
  printf '$ %s\n%s\n[%s]\n' "$*" "$said" "$code" | sed -e 's/--runtime [^ ]* //' -e 's/^\(OCI runtime [a-z]* failed\):.*/\1/'
}

# check_same_session WITH FUNCTION RUNTIME PEER: `FUNCTION RUNTIME` and `FUNCTION PEER` print the same.
check_same_session() {
  local caller=$1 session=$2 runtime=$3 peer=$4
  "$session" "$runtime" >"$work/with-aictr" 2>"$work/errors-aictr" || true
  "$session" "$peer" >"$work/with-peer" 2>"$work/errors-peer" || true
  check "the session under $caller ran to its end" contains "[0]" "$(tail -n 1 "$work/with-peer")"
  check "a session under $caller is the same with aictr-runtime and ${peer##*/}" \
    diff -u "$work/with-peer" "$work/with-aictr"
}

# remove_cgroups NAME: the groups of this name at the top of every hierarchy, with what is below.
remove_cgroups() {
  local group
  for group in /sys/fs/cgroup/"$1" /sys/fs/cgroup/*/"$1"; do
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +
  done
}
