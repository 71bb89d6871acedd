#!/bin/bash
# What aictr does with a registry that errs, lies, breaks off or is slow: it gets the image all the same, or says in one line
# why not and stores nothing.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=registry.sh
. "$(dirname "$0")/registry.sh"
need_root
need python3
own_store
export DOCKER_CONFIG=$work/docker XDG_RUNTIME_DIR=$work/xdg HOME=$work/home
mkdir -p "$work/home" "$work/tree"
peers=$(dirname "$0")
head -c 900000 /dev/urandom >"$work/tree/noise"
tar -C "$work/tree" -czf "$work/one.tar.gz" .
echo two >"$work/tree/two" && head -c 300000 /dev/urandom >"$work/tree/noise"
tar -C "$work/tree" -czf "$work/two.tar.gz" .
digest=$("$peers/make_layout.py" "$work/layout" latest "$work/one.tar.gz" "$work/two.tar.gz")

faulty_server "$peers/faulty_registry.py" "$work/layout" "$work/log"

# pull FAULT [FLAG...]: into an empty store; $sent are the bytes that went over the wire for layers.
pull() {
  local fault=$1
  shift
  rm -rf "$AICTR_ROOT"
  : >"$work/log"
  run aictr pull "$@" "$registry/$fault/box"
  sent=$(awk '$1 == "GET" && /\/(blobs|cdn)\// { n += $NF } END { print n + 0 }' "$work/log")
}
asked() { awk -v path="$1" 'index($2, path) { n++ } END { print n + 0 }' "$work/log"; }
whole() { [ "$status" -eq 0 ] && aictr inspect "$registry/$1/box" >/dev/null && [ "$(find "$AICTR_ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]; }
nothing_stored() { [ "$(find "$AICTR_ROOT/layers" "$AICTR_ROOT/blobs" -type f -name 'layer.json' -o -path '*/blobs/*' -type f | wc -l)" -eq "${1:-0}" ]; }
refused() { # FAULT SENTENCE WORDS: the pull fails, says so in one line, and leaves no image
  pull "$1"
  check "$2" equals 125 "$status"
  check "  and says so" contains "$3" "$errors"
  check "  in one line" equals 1 "$(grep -c '^aictr:' <<<"$errors")"
  check "  and there is no image" equals "" "$(aictr images -q)"
}

pull good
check "a good registry" whole good
size=$sent

echo "# authorisation"
pull bearer
check "a bearer token is fetched" whole bearer
check "and used for all requests" equals 1 "$(asked /token)"
pull expiring
check "a token that expires in the middle is renewed" whole expiring
check "more than once" fails test "$(asked /token)" -le 1
refused basic "basic authentication without credentials" "is denied"
pull basic --creds ann:word
check "and with them" whole basic
refused insecure "a token server without TLS elsewhere" "has no TLS"

echo "# redirections"
pull redirecting
check "to another host" whole redirecting
check "without credentials there" equals "-" "$(awk '/\/cdn\// { print $4 }' "$work/log" | sort -u)"
pull luring --creds ann:word
check "another host that asks for credentials" equals 125 "$status"
check "gets none" equals "-" "$(awk '/\/cdn\// { print $4 }' "$work/log" | sort -u)"
pull relative
check "relative ones" whole relative
pull signed
check "a signed address that has expired is asked for anew" whole signed
check "  of the registry, each time" equals "$(asked /cdn/)" "$(asked /blobs/)"
refused circling "endless ones" "redirects without an end"

echo "# interruptions"
for fault in truncated rangeless unsatisfied; do
  pull $fault
  [ $fault = unsatisfied ] || check "a body that is $fault is resumed" whole $fault
done
pull truncated
check "what has arrived is not sent again" at_most "$((size + 2))" "$sent"
pull rangeless
check "200 in place of 206 is put up with" whole rangeless
refused misplaced "another part than was asked for" "asked for what follows byte"
refused hopeless "nothing but broken connections" "layer"
pull busy
check "429 is waited for" whole busy
pull sick
check "503 is tried again" whole sick
refused dead "500 for good" "answers 500"

echo "# large blobs"
rm "$work/tree/two"
head -c 40000000 /dev/urandom >"$work/tree/noise"
tar -C "$work/tree" -cf "$work/large.tar" .
large=$("$peers/make_layout.py" "$work/layout" large "$work/large.tar")
pull_large() { # FAULT
  rm -rf "$AICTR_ROOT"
  : >"$work/log"
  run aictr pull "$registry/$1/box:large"
  sent=$(awk '$1 == "GET" && $NF > 5000 && /\/blobs\// { n += $NF } END { print n + 0 }' "$work/log")
  check "a large blob, $1" equals "0 $large" "$status $(aictr inspect --format '{{index .RepoDigests 0}}' "$registry/$1/box:large" | cut -d@ -f 2)"
}
pull_large throttled
check "comes over several connections" fails test "$(grep -c 'bytes=[0-9]*-[0-9]' "$work/log")" -lt 10
check "at once" equals 3 "$(awk '{ print $(NF - 1) }' "$work/log" | sort -n | tail -n 1)"
check "once" at_most 40200000 "$sent"
pull_large rangeless
check "comes over one where there are no ranges" at_most 4 "$(grep -c 'bytes=[0-9]' "$work/log")"
pull_large endless
pull_large shaky
check "with what has arrived kept when connections break ($sent bytes)" at_most 90000000 "$sent"

echo "# lies"
refused wrong "a blob of another digest" "has the digest"
layer=$(sed -n 's/.* layer \([0-9a-f]\{12\}\):.*/\1/p' <<<"$errors")
check "  and nothing of it is kept" equals "" "$(find "$AICTR_ROOT/downloads" -name "${layer:-*}*")"
refused liar "a blob that is longer than the manifest says" "bytes of it, the manifest says"
refused boaster "one that is shorter" "bytes of it, the manifest says"
refused chatty "one that is longer, of a registry that does not tell" "more than the"
refused count "fewer layers than diffIDs" "names 1 layers and the configuration 2"
refused mistyped "two types for one manifest" "the registry calls it"
refused schema1 "a manifest of schema 1" "schema 1"
refused nonsense "a page in place of a manifest" "manifest"
rm -rf "$AICTR_ROOT"
run aictr pull "$registry/changed/box@$digest"
check "a manifest of another digest" contains "has the digest" "$errors"
check "  is refused" equals 125 "$status"
python3 - "$work" "$peers" <<'PY'
import gzip, io, json, os, sys, tarfile
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[2])
from make_layout import Layout
work = sys.argv[1]
layout = Layout(work + "/layout")
entry = layout.add_image("wrong-diff", [work + "/one.tar.gz", work + "/two.tar.gz"])
read = lambda e: json.load(open(f"{work}/layout/blobs/sha256/{e['digest'][7:]}"))
manifest = read(entry)
config = read(manifest["config"])
config["rootfs"]["diff_ids"].reverse()
manifest["config"] = layout.add_blob(json.dumps(config).encode(), manifest["config"]["mediaType"])
layout.add_name("swapped", layout.add_blob(json.dumps(manifest).encode(), entry["mediaType"]))
PY
rm -rf "$AICTR_ROOT"
run aictr pull "$registry/good/box:swapped"
check "a layer of another diffID is refused" contains "the image says" "$errors"
check "  and nothing is stored" nothing_stored

echo "# a bomb"
python3 - "$work" "$peers" <<'PY'
import hashlib, io, json, sys, tarfile, zlib
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[2])
from make_layout import Layout
def member(data):
    deflate = zlib.compressobj(9, wbits=31)
    return deflate.compress(data) + deflate.flush()
header = tarfile.TarInfo("zeros")
header.size = 10 << 30
bomb = member(header.tobuf()) + member(bytes(16 << 20)) * 640 + member(bytes(1024))
layout = Layout(sys.argv[1] + "/layout")
entry = layout.add_image("no-bomb", [sys.argv[1] + "/one.tar.gz"])
read = lambda e: json.load(open(f"{sys.argv[1]}/layout/blobs/sha256/{e['digest'][7:]}"))
manifest = read(entry)
manifest["layers"] = [layout.add_blob(bomb, manifest["layers"][0]["mediaType"])]
layout.add_name("bomb", layout.add_blob(json.dumps(manifest).encode(), entry["mediaType"]))
PY
rm -rf "$AICTR_ROOT"
run aictr pull "$registry/good/box:bomb"
check "10 GB in 10 MB are refused" contains "a decompression bomb" "$errors"
check "  in one line" equals 1 "$(grep -c '^aictr:' <<<"$errors")"
check "  and nothing is stored" nothing_stored
check "  nor left" equals "" "$(find "$AICTR_ROOT/downloads" "$AICTR_ROOT/drafts" -mindepth 1)"

echo "# kill -9, and again"
rm -rf "$AICTR_ROOT"
: >"$work/log"
aictr pull -q "$registry/slow/box" >/dev/null &
victim=$!
for _ in $(seq 200); do
  [ "$(find "$AICTR_ROOT/downloads" -type f -size +100k 2>/dev/null | wc -l)" -lt 1 ] || break
  sleep 0.02
done
kill -9 $victim
wait $victim 2>/dev/null || true
arrived=$(find "$AICTR_ROOT/downloads" -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }')
check "what has arrived outlives the process ($arrived bytes)" fails test "$arrived" -lt 100000
: >"$work/log"
run aictr pull "$registry/slow/box"
sent=$(awk '$1 == "GET" && /\/blobs\// { n += $NF } END { print n + 0 }' "$work/log")
check "the next pull succeeds" whole slow
check "and asks for the rest alone" at_most "$((size - arrived + 20000))" "$sent"
check "and leaves nothing" equals "" "$(find "$AICTR_ROOT/downloads" "$AICTR_ROOT/drafts" -mindepth 1)"

echo "# several at once"
echo three >"$work/tree/three" && head -c 500000 /dev/urandom >"$work/tree/noise"
tar -C "$work/tree" -czf "$work/three.tar.gz" .
"$peers/make_layout.py" "$work/layout" latest "$work/one.tar.gz" "$work/two.tar.gz" >/dev/null
"$peers/make_layout.py" "$work/layout" other "$work/one.tar.gz" "$work/three.tar.gz" >/dev/null
all=$(cat "$work"/{one,two,three}.tar.gz | wc -c)
rm -rf "$AICTR_ROOT"
: >"$work/log"
pids=()
for _ in 1 2 3 4; do
  for tag in latest other; do
    aictr pull -q "$registry/slow/box:$tag" >/dev/null &
    pids+=($!)
  done
done
while kill -0 "${pids[0]}" 2>/dev/null; do
  aictr rmi -f "$registry/slow/box:latest" "$registry/slow/box:other" >/dev/null 2>&1 || true
  sleep 0.05
done &
remover=$!
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
wait $remover || true
check "eight pulls of images that share a layer, and removals, succeed" equals 0 "$failed"
sent=$(awk '$1 == "GET" && $NF > 5000 && /\/blobs\// { n += $NF } END { print n + 0 }' "$work/log")
check "nothing is downloaded twice ($sent bytes)" at_most "$all" "$sent"
for tag in latest other; do aictr pull -q "$registry/slow/box:$tag" >/dev/null; done
run aictr system check -q
check "and nothing is lost" equals "0: latest other" "$status:$output $(aictr images --format '{{.Tag}}' | sort | paste -sd' ')"
check "or left over" equals "" "$(find "$AICTR_ROOT/downloads" "$AICTR_ROOT/drafts" -mindepth 1)"
