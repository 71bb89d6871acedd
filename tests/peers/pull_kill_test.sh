#!/bin/bash
# kill -9 at random moments of pulls, a full disk, and pulls and removals beside each other: the store stays whole, the bytes on
# the wire are those that had not arrived, and nothing is left over. AICTR_TEST_ROUNDS says how many pulls are killed.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need python3 mkfs.ext4
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home" "$work/xdg"
rounds=${AICTR_TEST_ROUNDS:-20}
peers=$(dirname "$0")

# The largest comes in parts, over several connections.
layers=()
declare -A size_of # of a layer as it is sent, by its diffID
for i in 1 2 3; do
  mkdir -p "$work/tree/$i"
  for file in $(seq 1 100); do echo "$i $file" >"$work/tree/$i/$file"; done
  head -c $((i * i * 4000000)) /dev/urandom >"$work/tree/$i/noise"
  tar -C "$work/tree" -c "$i" | gzip -1n >"$work/$i.tar.gz"
  layers+=("$work/$i.tar.gz")
  size_of[$(gzip -dc "$work/$i.tar.gz" | sha256sum | cut -c-64)]=$(stat -c %s "$work/$i.tar.gz")
done
total=$(cat "${layers[@]}" | wc -c)
"$peers/make_layout.py" "$work/layout" all "${layers[@]}" >/dev/null
"$peers/make_layout.py" "$work/layout" some "${layers[@]:0:2}" >/dev/null
faulty_server "$peers/faulty_registry.py" "$work/layout" "$work/log"

left_over() {
  find "$AICTR_ROOT" -path '*/drafts/*' -o -path '*/downloads/*' -o -name '*.tmp'
}
# Bytes of layers that are here, as they are sent.
arrived() {
  local layer sum
  sum=$(find "$AICTR_ROOT/downloads" -type f -printf '%s\n' 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
  for layer in "$AICTR_ROOT"/layers/*/layer.json; do
    [ ! -e "$layer" ] || sum=$((sum + size_of[$(basename "$(dirname "$layer")")]))
  done
  echo "$sum"
}
# What a good registry has sent of them, in pulls that were not killed.
sent() { awk '$1 == "GET" && $2 ~ "^/v2/good/box/blobs" && $NF > 5000 { n += $NF } END { print n + 0 }' "$work/log"; }

kill_a_pull() {
  local victim
  aictr pull -q "$registry/throttled/box:all" >/dev/null 2>&1 &
  victim=$!
  sleep "$(printf '%d.%06d' $((RANDOM * duration / 32768 / 1000000)) $((RANDOM * duration / 32768 % 1000000)))"
  kill -9 $victim 2>/dev/null || true
  wait $victim 2>/dev/null || killed=$((killed + 1))
}

for kind in tar directory; do
  export AICTR_LAYERS=$kind
  rm -rf "$AICTR_ROOT"
  started=$(date +%s%N)
  if ! aictr pull -q "$registry/throttled/box:all" >/dev/null; then
    [ $kind = directory ] || continue
    exit 1
  fi
  duration=$((($(date +%s%N) - started) / 1000)) # microseconds
  killed=0 unlisted=0 failed=0 resent=0 resumed=0 untidy=0 unsound=0
  while [ $killed -lt $((rounds / 2)) ]; do
    aictr rmi -f "$registry/throttled/box:all" "$registry/good/box:all" >/dev/null 2>&1 || true
    for _ in $(seq $((1 + RANDOM % 3))); do kill_a_pull; done
    aictr images >/dev/null || unlisted=$((unlisted + 1))
    here=$(arrived)
    : >"$work/log"
    aictr pull -q "$registry/good/box:all" >/dev/null || failed=$((failed + 1))
    [ "$(sent)" -eq $((total - here)) ] || { resent=$((resent + 1)) && echo "  $here of $total bytes were here, $(sent) were sent"; }
    [ "$here" -eq 0 ] || [ "$here" -eq "$total" ] || resumed=$((resumed + 1))
    [ -z "$(left_over)" ] || untidy=$((untidy + 1))
    aictr system check -q || unsound=$((unsound + 1))
  done
  echo "note: $killed pulls were killed, $resumed of the next found something ($kind)"
  check "some pulls were broken off midway ($kind)" fails equals 0 "$resumed"
  check "images are listed after every kill ($kind)" equals 0 "$unlisted"
  check "every pull after a kill succeeds ($kind)" equals 0 "$failed"
  check "and gets what had not arrived, to the byte ($kind)" equals 0 "$resent"
  check "and leaves nothing over ($kind)" equals 0 "$untidy"
  check "and the store is sound ($kind)" equals 0 "$unsound"
done

echo "# a full disk"
truncate -s 180M "$work/disk.img"
mkfs.ext4 -q "$work/disk.img"
mkdir "$work/disk"
if mount -o loop "$work/disk.img" "$work/disk"; then
  at_exit "umount -l '$work/disk'"
  large_store=$AICTR_ROOT
  export AICTR_ROOT=$work/disk/store
  for kind in tar directory; do
    export AICTR_LAYERS=$kind
    head -c 110M /dev/zero >"$work/disk/ballast"
    run aictr pull -q "$registry/good/box:all"
    check "a pull onto a full disk fails ($kind)" equals 125 "$status"
    check "with the reason and the mend ($kind)" equals "1 1" \
      "$(grep -c '^aictr: .*No space left on device' <<<"$errors") $(grep -c '^hint: ' <<<"$errors")"
    check "there is no image ($kind)" equals "" "$(aictr images -q)"
    check "no unfinished layer takes room ($kind)" equals "" "$(find "$AICTR_ROOT/drafts" -mindepth 1)"
    rm "$work/disk/ballast"
    run aictr pull -q "$registry/good/box:all"
    check "with room again it succeeds ($kind)" equals "0" "$status"
    check "and leaves nothing over ($kind)" equals "" "$(left_over)"
    run aictr system check -q
    check "and the store is sound ($kind)" equals "0:" "$status:$output"
    aictr system prune -a -f >/dev/null
  done
  export AICTR_ROOT=$large_store
fi

echo "# pulls of images that share layers, and removals, at once"
rm -rf "$AICTR_ROOT"
pids=()
for i in 1 2 3 4; do
  aictr pull -q "$registry/good/box:all" >/dev/null &
  pids+=($!)
  aictr pull -q "$registry/good/box:some" >/dev/null &
  pids+=($!)
  (sleep "0.$i" && aictr rmi -f "$registry/good/box:some" >/dev/null 2>&1) || true
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
check "all succeed" equals 0 "$failed"
run aictr pull -q "$registry/good/box:some"
check "both images are there" equals "all some" "$(aictr images --format '{{.Tag}}' | sort | paste -sd' ')"
run aictr system check -q
check "the store is sound" equals "0:" "$status:$output"
aictr system df >/dev/null # the first command that looks at containers makes their folders
check "system df counts what du counts" equals "$(du -s --block-size=1 "$AICTR_ROOT" | cut -f 1)" \
  "$(aictr system df --format '{{.Bytes}}' | awk '{ n += $1 } END { print n }')"
aictr image prune -a -f >/dev/null
check "and empty when everything is removed" equals "" "$(find "$AICTR_ROOT"/{layers,blobs/sha256,drafts,downloads} -mindepth 1)"
