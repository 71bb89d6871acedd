#!/bin/bash
. "$(dirname "$0")/../lib.sh"
need_root
own_store

mkdir -p "$work/root/bin" "$work/root/etc"
printf 'x\n' >"$work/root/etc/file"
ln -s file "$work/root/etc/link"
find "$work/root" -exec touch -h -d @1600000000 {} +
tar -C "$work/root" -cf "$work/root.tar" .
export SOURCE_DATE_EPOCH=1700000000

run aictr import --change 'CMD ["/bin/sh", "-l"]' --change 'ENV A=1 B="two words"' --change 'WORKDIR app' \
  --change 'EXPOSE 80 53/udp' --change 'LABEL who=me' --change 'USER 7:8' --change 'VOLUME /data' \
  --change 'STOPSIGNAL SIGINT' --change 'ENTRYPOINT exec it' -m 'by hand' "$work/root.tar" base:1
check "import succeeds" equals 0 "$status"
check "import prints the image's ID" matches 'sha256:[0-9a-f]{64}' "$output"
first=$output
output=$(cat "$AICTR_ROOT/blobs/sha256/${first#sha256:}")
check "the changes are in the configuration" contains '"/bin/sh"' "$output"
for word in '"A=1"' '"B=two words"' '"/app"' '"80/tcp"' '"53/udp"' '"who":"me"' '"7:8"' '"/data"' '"SIGINT"' \
  '"exec it"'; do
  check "the configuration has $word" contains "$word" "$output"
done
check "the creation time is SOURCE_DATE_EPOCH" contains '2023-11-14T22:13:20' "$output"
run aictr history base:1
check "the message is in the history" contains 'by hand' "$output"

echo "# the same files give the same image, in whatever order and compression they come"
(cd "$work/root" && find . | sort -r | tar --no-recursion --format=ustar -T - -c | gzip) >"$work/again.tar.gz"
run aictr import --change 'CMD ["sh"]' -m same "$work/root.tar" one
check "the first import succeeds" equals 0 "$status"
one=$output
run sh -c "cat '$work/again.tar.gz' | aictr import --change 'CMD [\"sh\"]' -m same - two"
check "from standard input too" equals 0 "$status"
check "they are one image" equals "$one" "$output"
check "with other changes it is another" fails equals "$one" "$first"
check "all three share one layer" equals 1 "$(find "$AICTR_ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l)"

echo "# bad input"
before=$(find "$AICTR_ROOT" | sort)
run aictr import --change 'RUN true' "$work/root.tar" bad
check "a change that is more than configuration is refused" contains 'RUN' "$errors"
check "with exit code 125" equals 125 "$status"
run aictr import "$work/missing.tar" bad
check "a missing file is named" contains "'$work/missing.tar'" "$errors"
head -c 700 "$work/root.tar" >"$work/short.tar"
run aictr import "$work/short.tar" bad
check "a truncated archive fails" equals 125 "$status"
head -c 100000 /dev/urandom >"$work/noise"
run aictr import "$work/noise" bad
check "noise fails" equals 125 "$status"
: >"$work/empty"
run aictr import "$work/empty" bad
check "an empty file has nothing in it" contains 'no files' "$errors"
run aictr import "$work/root.tar" Bad/Name
check "a bad name is refused" contains "lower case" "$errors"
run aictr import "$work/root.tar" "x@sha256:$(printf '0%.0s' $(seq 1 64))"
check "a digest cannot be given" contains 'digest' "$errors"
check "each of them is one line and at most a hint" at_most 2 "$(wc -l <<<"$errors")"
check "none of them leaves anything" equals "$before" "$(find "$AICTR_ROOT" | sort)"
run aictr import - bad </dev/null
check "nothing on standard input is refused" equals 125 "$status"

echo "# a full disk"
mkdir "$work/small"
mount -t tmpfs -o size=4m tmpfs "$work/small"
at_exit umount "$work/small"
head -c 8M /dev/urandom >"$work/root/big"
tar -C "$work/root" -cf "$work/big.tar" .
run aictr --root "$work/small/store" import "$work/big.tar" big
check "a full disk fails" equals 125 "$status"
check "and says so" contains 'No space left on device' "$errors"
check "in one line, and what to do" equals "1 1" "$(grep -c ^aictr: <<<"$errors") $(grep -c ^hint: <<<"$errors")"
check "no draft is left" equals "" "$(ls "$work/small/store/drafts")"
check "no layer is left" equals "" "$(ls "$work/small/store/layers")"
rm "$work/root/big"
run aictr --root "$work/small/store" import "$work/root.tar" small
check "what fits is imported afterwards" equals 0 "$status"
