#!/bin/bash
# `aictr doctor` on this machine, whatever it has.

. "$(dirname "$0")/../lib.sh"
own_store

run aictr doctor
check "doctor ends with 0 or 1" test "$status" -le 1
for name in kernel namespaces cgroups seccomp overlay driver devices "cdi files" disk network; do
  check "it looks at $name" contains " $name " "$output"
done
broken=$(grep -c '^broken' <<<"$output" || true)
check "it ends with 1 when something is broken, and only then" equals "$status" "$((broken > 0))"
check "it names the kernel" contains "$(uname -r)" "$output"

run aictr doctor --format json
check "the JSON is whole" python3 -c 'import json, sys
checks = json.loads(sys.argv[1])
assert len(checks) > 10
for check in checks:
    assert check["State"] in ("ok", "warning", "broken") and check["Name"] and check["Text"]
    assert (check["State"] == "ok") == (check["Mend"] == ""), check' "$output"
run aictr doctor --format '{{.State}} {{.Name}}'
check "a template prints a line for each check" contains " kernel" "$output"
run aictr doctor -q
check "-q leaves out what is in order" lacks "ok  " "$output"
run aictr doctor x
check "an argument is refused" equals 125 "$status"
