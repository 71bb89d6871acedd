#!/bin/bash
# A build that is killed at one moment after another leaves no mount and no process; what it had finished is used by the
# next one, and after that nothing of it is left.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
busybox_image busybox
mkdir "$work/context"
cd "$work/context"
for i in $(seq 300); do echo "$i" >"file$i"; done
cat >Dockerfile <<'END'
FROM busybox AS one
RUN echo step-of-a-killed-build >/a; sleep 0.05
COPY . /files
RUN head -c 5000000 /dev/zero >/zeros
FROM busybox
RUN --mount=type=cache,target=/c,id=killed echo x >>/c/x; sleep 0.05; echo y >/y
COPY --from=one /files /files
WORKDIR /work
END

steps_kept() { (find "$AICTR_ROOT/cache/steps" -type f 2>/dev/null || true) | wc -l; }

# Each build is another one: nothing is taken from those before.
for moment in $(seq 12); do
  aictr build --progress plain --build-arg "moment=$moment" -t "app$moment" -f - . <<<"$(sed "s/step-of-a-killed-build/&-$moment/; s/>>\/c\/x/$moment&/" Dockerfile)" \
    >/dev/null 2>"$work/log" &
  build=$!
  sleep "$(awk "BEGIN { print $moment * 0.06 }")"
  kill -KILL $build 2>/dev/null || true
  wait $build 2>/dev/null || true
  sleep 0.2
  check "after $moment: no mount" equals "" "$(mounts_below "$work")"
  check "after $moment: no process" equals "" "$(pgrep -f "step-of-a-killed-build-$moment" || true)"
  kept=$(steps_kept)
  done_before=$(grep -c ' DONE ' "$work/log" || true)
  run aictr build --progress plain --build-arg "moment=$moment" -t "app$moment" -f - . <<<"$(sed "s/step-of-a-killed-build/&-$moment/; s/>>\/c\/x/$moment&/" Dockerfile)"
  check "after $moment: the next build works" equals 0 "$status"
  check "after $moment: it uses what was finished" test "$(grep -c CACHED <<<"$errors")" -ge "$((done_before + 2))"
  check "after $moment: no step was forgotten" test "$(steps_kept)" -ge "$kept"
  check "after $moment: nothing unfinished is left" equals "" "$(find "$AICTR_ROOT/drafts" "$AICTR_RUNROOT/steps" -mindepth 1 2>/dev/null || true)"
done
run aictr run --rm --network none app1 sh -c 'ls /files | wc -l; cat /y'
check "the image is whole" equals $'301\ny' "$output"
run aictr system check
check "everything in the store is what its digest says" equals 0 "$status"
