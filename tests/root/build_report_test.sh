#!/bin/bash
# aictr build --report: what the page says, and that a browser shows it.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_root
need python3
busybox_image busybox
mkdir "$work/context"
cd "$work/context"
cat >Dockerfile <<'END'
FROM busybox AS wheels
RUN mkdir /wheels && head -c 300000 /dev/urandom >/wheels/demo.whl
FROM busybox
RUN mkdir -p /root/.cache/pip /opt && head -c 2000000 /dev/urandom >/root/.cache/pip/http && echo "</script><b>"
RUN head -c 5000000 /dev/urandom >/opt/archive
RUN mkdir -p /usr/local/cuda/lib64 /venv/nvidia && \
    head -c 3000000 /dev/urandom >/usr/local/cuda/lib64/libcublas.so.12.4 && cp /usr/local/cuda/lib64/libcublas.so.12.4 /venv/nvidia/libcublas.so.12
RUN rm /opt/archive
COPY --from=wheels /wheels /wheels
END

# say EXPRESSION: of the page's data, as `d`.
say() {
  python3 - "$work/page.html" "$1" <<'END'
import json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
d = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))
print(eval(sys.argv[2]))
END
}

run aictr build --progress plain -t my-app --report "$work/page.html" .
check "a build with a report ends well" equals 0 "$status"
check "the summary says what was cached" matches "0 of 6 steps were cached, [0-9.]+s in all; longest: [0-9.]+s \[.*" "$errors"
check "and how big each layer is" matches " +5MB +[0-9.]+s  \[stage-1 3/6\] RUN head .*" "$errors"
check "the page has the image" equals "$(aictr inspect --format '{{.Id}}' my-app)" "$(say 'd["image"]["id"]')"
check "and its name" equals my-app "$(say 'd["name"]')"
check "and the steps of each stage" equals "['stage-1', 'wheels']" "$(say 'sorted({s["stage"] for s in d["steps"]})')"
check "with what became of them" equals "['base', 'done']" "$(say 'sorted({s["outcome"] for s in d["steps"]})')"
check "none ends before it begins" equals True "$(say 'all(0 <= s["start"] <= s["end"] <= d["seconds"] for s in d["steps"])')"
check "layers are the image's" equals "$(aictr inspect --format '{{len .RootFS.Layers}}' my-app)" "$(say 'len(d["image"]["layers"])')"
check "a file that a later layer deletes is found" equals "[(5000000, ['/opt/archive'], 2, 4)]" \
  "$(say '[(f["bytes"], f["paths"], f["layer"], f["deleting_layer"]) for f in d["image"]["findings"] if f["kind"] == "deleted"]')"
check "the cache of pip is found" equals "[(2000000, ['/root/.cache/pip/http'])]" \
  "$(say '[(f["bytes"], f["paths"]) for f in d["image"]["findings"] if f["kind"] == "cache"]')"
check "a library of CUDA that is there twice is found" \
  equals "[('libcublas.so.12', ['/usr/local/cuda/lib64/libcublas.so.12.4', '/venv/nvidia/libcublas.so.12'])]" \
  "$(say '[(f["name"], f["paths"]) for f in d["image"]["findings"] if f["kind"] == "duplicate"]')"
check "the page loads nothing" lacks "http" "$(grep -v 'pip/http' "$work/page.html" | grep -E 'src=|href=|url\(' || true)"

run aictr build --progress plain -t my-app --report "$work/page.html" .
check "in an unchanged build all steps are cached" equals "['base', 'cached']" "$(say 'sorted({s["outcome"] for s in d["steps"]})')"
check "and their layers have sizes" equals True "$(say 'all(s["bytes"] > 0 for s in d["steps"] if s["outcome"] == "cached" and "rm " not in s["title"])')"
check "the summary says so" matches "6 of 6 steps were cached, .*" "$errors"

echo "RUN exit 3" >>Dockerfile
run aictr build --progress plain --report "$work/failed.html" .
check "a failed build has a report too" contains "ended with exit code 3" "$(cat "$work/failed.html")"
run aictr build -q --report "$work/nowhere/page.html" -f - . <<<"FROM busybox"
check "a page that cannot be written is a warning" equals 0 "$status"
check "which says where" contains "warning: --report:" "$errors"

# From here on as a browser sees it.
need chromium
browser() {
  chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" \
    --virtual-time-budget=3000 --window-size=1280,1600 "$@" 2>/dev/null
}
run browser --dump-dom "file://$work/page.html"
check "the script of the page runs: a row for each step" equals 8 "$(grep -o 'class="row step"' <<<"$output" | wc -l)"
check "the map has the heaviest file" contains '>archive 5.0 MB<' "$output"
check "striped, as it is deleted" matches '.*class="cell gone".*>archive 5.0 MB<.*' "$(tr -d '\n' <<<"$output" | sed 's/<div/\n<div/g')"
check "what was found is written down" contains "/usr/local/cuda/lib64/libcublas.so.12.4</li>" "$output"
check "words of a Dockerfile are text, not markup" contains '&lt;/script&gt;&lt;b&gt;' "$output"
run browser --dump-dom "file://$work/failed.html"
check "the page of a failed build says why" contains "ended with exit code 3</p>" "$output"
run browser --screenshot="${AICTR_REPORT_PICTURE:-$work/page.png}" "file://$work/page.html"
check "it can be painted" test -s "${AICTR_REPORT_PICTURE:-$work/page.png}"
