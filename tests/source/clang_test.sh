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

# The build's own commands with clang in place of the compiler, looking at the sources and writing nothing. What nearly
# all of them include is looked at once: the other compiler sees to it that each includes what it needs.
cat >"$work/commands.py" <<'EOF2'
import json, shlex, subprocess, sys

STANDARD = "algorithm array chrono functional map memory optional set span string string_view thread variant vector fmt/core.h"
commands, clang, source, work = sys.argv[1:]


def prepared(name, headers, flags):
    with open(f"{work}/{name}.h", "w", encoding="utf-8") as file:
        file.writelines(f"#include <{header}>\n" for header in headers)
    subprocess.run([clang, "-x", "c++-header", *flags, f"{work}/{name}.h", "-o", f"{work}/{name}.pch"], check=True)
    return ["-include-pch", f"{work}/{name}.pch", "-Xclang", "-fno-validate-pch"]


pch = {}
for entry in json.load(open(commands, encoding="utf-8")):
    words = shlex.split(entry["command"])
    if not entry["file"].endswith(".cpp") or "-w" in words or not entry["file"].startswith(source):
        continue
    flags = [word for word in words[words.index("-o") + 2 :] + words[: words.index("-o")] if word != "-c"]
    flags = [word for word in flags if word.startswith("-")]
    includes = [f"-isystem{words[i + 1]}" for i, word in enumerate(words) if word == "-isystem"]
    flags = ["-Wno-unknown-warning-option", *(word for word in flags if word != "-isystem"), *includes]
    kind = "test" if entry["file"].endswith("_test.cpp") else "source"
    if kind not in pch:
        headers = STANDARD.split() + (["doctest/doctest.h"] if kind == "test" else [])
        pch[kind] = prepared(kind, headers, flags)
    print(shlex.join([clang, "-fsyntax-only", *flags, *pch[kind], entry["file"]]))
EOF2
python3 "$work/commands.py" "$commands" "$clang" "$AICTR_SOURCE" "$work" >"$work/commands"
check "there are sources to look at" test -s "$work/commands"
run xargs -a "$work/commands" -d '\n' -P "$(nproc)" -n 1 sh -c
check "clang accepts every source" equals 0 "$status"

printf '%s\n' 'int f(long x) { int unused; return x; }' >"$work/bad.cpp"
head -n1 "$work/commands" | sed "s|[^ ]*\.cpp\$|$work/bad.cpp|" >"$work/bad"
check "a source with a warning is found" fails sh "$work/bad" 2>/dev/null
