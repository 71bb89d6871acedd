#!/bin/bash
# kill -9 at random moments of an import and of a removal: the store stays whole, and the next command cleans up.
. "$(dirname "$0")/../lib.sh"
need_root
own_store

rounds=25
mkdir "$work/tree"
for directory in $(seq 1 20); do
  mkdir "$work/tree/$directory"
  for file in $(seq 1 30); do echo "$directory $file" >"$work/tree/$directory/$file"; done
done
tar -C "$work/tree" -cf "$work/tree.tar" .
SOURCE_DATE_EPOCH=$(date +%s)
export SOURCE_DATE_EPOCH

started=$(date +%s%N)
aictr import "$work/tree.tar" whole >/dev/null
duration=$((($(date +%s%N) - started) / 1000)) # microseconds
layer=$(ls "$AICTR_ROOT/layers")
aictr rmi whole >/dev/null

names_in() {
  find "$AICTR_ROOT/$1" -mindepth 1 -maxdepth 1 | wc -l
}

# Runs COMMAND and kills it after a random part of the time that an import takes.
killed=0
kill_at_random() {
  "$@" >/dev/null 2>&1 &
  local victim=$! delay=$((RANDOM * duration / 32768))
  sleep "$(printf '%d.%06d' $((delay / 1000000)) $((delay % 1000000)))"
  if kill -9 "$victim" 2>/dev/null; then killed=$((killed + 1)); fi
  wait "$victim" 2>/dev/null || true
}

whole_or_absent() {
  [ ! -e "$AICTR_ROOT/layers/$layer" ] || diff -r "$work/tree" "$AICTR_ROOT/layers/$layer/fs" >/dev/null
}

bad_lists=0
bad_layers=0
for _ in $(seq "$rounds"); do
  kill_at_random aictr import "$work/tree.tar" killed
  aictr images >/dev/null || bad_lists=$((bad_lists + 1))
  whole_or_absent || bad_layers=$((bad_layers + 1))
done
check "some imports were killed ($killed of $rounds)" at_most "$killed" 3
check "images are listed after every kill" equals 0 "$bad_lists"
check "a layer is whole or not there" equals 0 "$bad_layers"

run aictr import "$work/tree.tar" after
check "an import after all of them succeeds" equals 0 "$status"
check "and leaves no draft of the killed" equals 0 "$(names_in drafts)"
check "there is one layer" equals 1 "$(names_in layers)"

killed=0
duration=$((duration / 4)) # a removal is quicker
for round in $(seq "$rounds"); do
  aictr import "$work/tree.tar" "victim:$round" >/dev/null
  aictr images -q | sort -u | while read -r id; do kill_at_random aictr rmi -f "$id"; done
  aictr images >/dev/null || bad_lists=$((bad_lists + 1))
  whole_or_absent || bad_layers=$((bad_layers + 1))
done
check "images are listed after every killed removal" equals 0 "$bad_lists"
check "a layer is whole or gone" equals 0 "$bad_layers"

aictr import "$work/tree.tar" last >/dev/null
run aictr rmi -f "$(aictr images -q last)"
check "the last removal succeeds" equals 0 "$status"
for place in layers drafts blobs/sha256; do
  check "nothing is left in $place" equals 0 "$(names_in "$place")"
done

check "no half-written file is left" equals "" "$(find "$AICTR_ROOT" -name '*.tmp')"

echo "# several imports of one tree at once, and removals between them"
pids=()
for i in 1 2 3 4 5 6; do
  aictr import "$work/tree.tar" "parallel:$i" >/dev/null &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
check "all succeed" equals 0 "$failed"
check "they share one layer" equals 1 "$(names_in layers)"
check "each has its name" equals 6 "$(aictr images parallel --format '{{.Tag}}' | wc -l)"
aictr rmi parallel:1 >/dev/null &
aictr import "$work/tree.tar" parallel:7 >/dev/null
wait $!
check "a removal beside an import loses nothing" whole_or_absent
check "the layer is there" equals 1 "$(names_in layers)"
