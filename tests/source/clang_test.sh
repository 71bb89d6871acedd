#!/bin/bash
# A second compiler accepts every source without a warning.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
own_work
clang=$(command -v clang++-14 || command -v clang++ || true)
[ -n "$clang" ] || skip "needs clang++"
need python3
commands=$(dirname "$AICTR_BIN")/compile_commands.json
[ -f "$commands" ] || skip "needs $commands"

# The build's own commands with clang in place of the compiler, looking at the sources and writing nothing.
cat >"$work/commands.py" <<'EOF2'
import json, shlex, sys

clang, source = sys.argv[2:]
for entry in json.load(open(sys.argv[1])):
    words = shlex.split(entry["command"])
    if not entry["file"].endswith(".cpp") or "-w" in words or not entry["file"].startswith(source):
        continue
    flags = [word for word in words[words.index("-o") + 2 :] + words[: words.index("-o")] if word != "-c"]
    flags = [word for word in flags if word.startswith("-")]
    includes = [f"-isystem{words[i + 1]}" for i, word in enumerate(words) if word == "-isystem"]
    flags = [word for word in flags if word != "-isystem"]
    print(shlex.join([clang, "-fsyntax-only", "-Wno-unknown-warning-option", *flags, *includes, entry["file"]]))
EOF2
python3 "$work/commands.py" "$commands" "$clang" "$AICTR_SOURCE" >"$work/commands"
check "there are sources to look at" test -s "$work/commands"
run xargs -a "$work/commands" -d '\n' -P "$(nproc)" -n 1 sh -c
check "clang accepts every source" equals 0 "$status"

printf '%s\n' 'int f(long x) { int unused; return x; }' >"$work/bad.cpp"
head -n1 "$work/commands" | sed "s|[^ ]*\.cpp\$|$work/bad.cpp|" >"$work/bad"
check "a source with a warning is found" fails sh "$work/bad" 2>/dev/null
