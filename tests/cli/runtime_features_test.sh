#!/bin/bash
# `aictr-runtime features` is the JSON of features.md, and tells the truth.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need python3
own_work

run aictr-runtime --root "$work/state" features
check "features are printed" equals 0 "$status"

# value EXPRESSION: of the features f, and of what depends on them
value() {
  python3 -c "import json, sys; f = json.load(sys.stdin); l = f['linux']; print($1)" <<<"$output"
}

check "the newest version is that of the specification" equals 1.3.0 "$(value 'f["ociVersionMax"]')"
check "all six kinds of hooks are there" equals 6 "$(value 'len(f["hooks"])')"
check "recursive flags of mounts are known" equals True "$(value '{"rro", "rnosuid", "ridmap"} <= set(f["mountOptions"])')"
check "all eight namespaces are there" equals 8 "$(value 'len(l["namespaces"])')"
check "both versions of cgroups work, by systemd too" equals "True True True" \
  "$(value 'l["cgroup"]["v1"], l["cgroup"]["v2"], l["cgroup"]["systemd"]' | tr -d '(),')"
check "seccomp has all its actions" equals "9 True" \
  "$(value 'len(l["seccomp"]["actions"]), "SCMP_ACT_NOTIFY" in l["seccomp"]["actions"]' | tr -d '(),')"
check "seven operators" equals 7 "$(value 'len(l["seccomp"]["operators"])')"
check "and its architectures" equals True "$(value '"SCMP_ARCH_X86_64" in l["seccomp"]["archs"]')"
check "devices of the network and shares of caches can be given" equals "True True" \
  "$(value 'l["intelRdt"]["enabled"], l["netDevices"]["enabled"]' | tr -d '(),')"

run aictr-runtime --root "$work/nowhere" list
check "a state root that is named and missing is an error" equals 1 "$status"
check "with its name" contains "$work/nowhere" "$errors"
run aictr-runtime --root "$work/nowhere" state web
check "no container is there" contains "does not exist" "$errors"
run aictr-runtime --root "$work/nowhere" delete --force web
check "which is what a forced removal wants" equals 0 "$status"
check "none of them makes it" fails test -e "$work/nowhere"
