#!/bin/bash
# kill -9 at random moments of pulls, and pulls and removals beside each other: the store stays whole, what has arrived is not
# downloaded again, and nothing is left over.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need skopeo python3
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home" "$work/xdg"
rounds=${AICTR_TEST_ROUNDS:-30}

layers=()
for i in 1 2 3 4; do
  mkdir -p "$work/tree/$i"
  for file in $(seq 1 100); do echo "$i $file" >"$work/tree/$i/$file"; done
  head -c $((i * 4000000)) /dev/urandom >"$work/tree/$i/noise"
  tar -C "$work/tree" -czf "$work/$i.tar.gz" "$i"
  layers+=("$work/$i.tar.gz")
done
make_layout=$(dirname "$0")/make_layout.py
"$make_layout" "$work/layout" all "${layers[@]}" >/dev/null
"$make_layout" "$work/layout" some "${layers[@]:0:3}" >/dev/null
own_registry plain
for tag in all some; do
  skopeo copy -q --insecure-policy --dest-tls-verify=false "oci:$work/layout:$tag" "docker://$registry/box:$tag"
done

left_over() {
  find "$AICTR_ROOT" -path '*/drafts/*' -o -path '*/downloads/*' -o -name '*.tmp'
}

for kind in tar directory; do
  export AICTR_LAYERS=$kind
  rm -rf "$AICTR_ROOT"
  started=$(date +%s%N)
  if ! aictr pull -q "$registry/box:all" >/dev/null; then
    [ $kind = directory ] || continue
    exit 1
  fi
  duration=$((($(date +%s%N) - started) / 1000))
  killed=0
  unlisted=0
  failed=0
  for round in $(seq "$rounds"); do
    [ $((round % 5)) -ne 1 ] || rm -rf "$AICTR_ROOT"
    aictr rmi -f "$registry/box:all" >/dev/null 2>&1 || true
    aictr pull -q "$registry/box:all" >/dev/null 2>&1 &
    victim=$!
    sleep "$(printf '0.%06d' $((RANDOM * (duration < 990000 ? duration : 990000) / 32768)))"
    if kill -9 $victim 2>/dev/null; then killed=$((killed + 1)); fi
    wait $victim 2>/dev/null || true
    aictr images >/dev/null || unlisted=$((unlisted + 1))
    if [ $((round % 3)) -eq 0 ]; then aictr pull -q "$registry/box:all" >/dev/null || failed=$((failed + 1)); fi
  done
  check "most pulls were killed ($killed of $rounds, $kind)" at_most "$killed" $((rounds / 3))
  check "images are listed after every kill ($kind)" equals 0 "$unlisted"
  check "every pull after a kill succeeds ($kind)" equals 0 "$failed"
  run aictr pull -q "$registry/box:all"
  check "the last one too ($kind)" equals 0 "$status"
  check "nothing is left over ($kind)" equals "" "$(left_over)"
  run aictr system check -q
  check "the store is sound ($kind)" equals "0:" "$status:$output"
done

echo "# pulls of images that share layers, and removals, at once"
rm -rf "$AICTR_ROOT"
pids=()
for i in 1 2 3 4; do
  aictr pull -q "$registry/box:all" >/dev/null &
  pids+=($!)
  aictr pull -q "$registry/box:some" >/dev/null &
  pids+=($!)
  (sleep "0.$i" && aictr rmi -f "$registry/box:some" >/dev/null 2>&1) || true
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
check "all succeed" equals 0 "$failed"
run aictr pull -q "$registry/box:some"
check "both images are there" equals "all some" "$(aictr images --format '{{.Tag}}' | sort | paste -sd' ')"
run aictr system check -q
check "the store is sound" equals "0:" "$status:$output"
aictr image prune -a -f >/dev/null
check "and empty when everything is removed" equals "" "$(find "$AICTR_ROOT"/{layers,blobs/sha256,drafts,downloads} -mindepth 1)"
