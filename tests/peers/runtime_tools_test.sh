#!/bin/bash
# The validation programs of opencontainers/runtime-tools: what passes with runc passes with aictr-runtime. They are built
# from a checkout with its vendored libraries, in build/runtime-tools or where $AICTR_RUNTIME_TOOLS says:
#
#   git clone https://github.com/opencontainers/runtime-tools build/runtime-tools
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=peers.sh
. "$(dirname "$0")/peers.sh"
need_root
tools=${AICTR_RUNTIME_TOOLS:-$AICTR_SOURCE/build/runtime-tools}
[ -d "$tools/validation" ] || skip "needs a checkout of opencontainers/runtime-tools in build/runtime-tools"
need go runc unshare flock

programs=$AICTR_SOURCE/build/runtime-tools-programs

build_programs() {
  [ ! -x "$programs/runtimetest" ] || return 0
  mkdir -p "$programs"
  (
    cd "$tools"
    export GOFLAGS=-mod=vendor GOPROXY=off GOTOOLCHAIN=local GOCACHE=$programs/cache CGO_ENABLED=0
    go build -ldflags='-s -w' -o "$programs/" ./validation/... && go build -ldflags='-s -w' -o "$programs/" ./cmd/runtimetest
  ) >"$work/build" 2>&1 || skip "runtime-tools does not compile here: $(tail -n 1 "$work/build")"
}

# A program runs in the folder of its runtime, where it finds what goes into its bundles and the runtime's own state.
prepare_folder() { # NAME RUNTIME
  mkdir -p "$work/$1/tmp" "$work/$1/results"
  cp "$programs/runtimetest" "$tools"/rootfs-*.tar.gz "$work/$1/"
  printf '#!/bin/sh\nexec %s --root %s "$@"\n' "$2" "$work/$1/state" >"$work/$1/runtime"
  chmod +x "$work/$1/runtime"
}

run_program() { # NAME PROGRAM
  local code=0
  cd "$work/$1"
  TMPDIR=$work/$1/tmp RUNTIME=$work/$1/runtime timeout 60 "$programs/$2" >"results/$2" 2>&1 </dev/null || code=$?
  echo "exit $code" >>"results/$2"
}
export -f run_program
same_cgroups='cgroup|^delete_'
export work programs same_cgroups

# Those that use cgroups use the same ones, so they go one after the other; the others mostly wait.
run_programs() { # NAME
  (cd "$programs" && find . -maxdepth 1 -type f -printf '%f\n') | grep -vx runtimetest | sort >"$work/$1/programs"
  grep -vE "$same_cgroups" "$work/$1/programs" | xargs -P 4 -I PROGRAM bash -c "run_program $1 PROGRAM"
  grep -E "$same_cgroups" "$work/$1/programs" | flock "$work" xargs -I PROGRAM bash -c "run_program $1 PROGRAM"
}
export -f run_programs

passes() { # NAME PROGRAM
  grep -qx 'exit 0' "$work/$1/results/$2" && ! grep -q '^not ok' "$work/$1/results/$2"
}

# What a program that runc fails as a whole finds right with it, and not with us.
lost() { # PROGRAM
  comm -23 <(assertions peer "$1") <(assertions aictr "$1")
}

assertions() { # NAME PROGRAM
  sed -n 's/^ok [0-9]* *-* *//p' "$work/$1/results/$2" | sort -u
}

# docs/conformance.md says why.
may_lose() { # PROGRAM
  case $1 in
    linux_cgroups_devices | linux_cgroups_relative_devices) return 0 ;;
    *) return 1 ;;
  esac
}

own_work
chmod 755 "$work" # roots of user namespaces are to reach their bundles
build_programs
at_exit "remove_cgroups cgrouptest; remove_cgroups testdir"
prepare_folder aictr "$AICTR_BIN/aictr-runtime"
prepare_folder peer "$(command -v runc)"
run_programs aictr &
# runc leaves the mounts of a container without a mount namespace behind: here they go with one around it all.
unshare --mount --propagation private bash -c 'run_programs peer'
wait

compared=0
while read -r program; do
  if passes peer "$program"; then
    compared=$((compared + 1))
    check "$program passes, as it does with runc" passes aictr "$program" || true
    passes aictr "$program" || grep -vE '^ok' "$work/aictr/results/$program" | head -n 20
  elif ! may_lose "$program"; then
    check "$program finds right what it finds right with runc" equals "" "$(lost "$program")"
  fi
done <"$work/aictr/programs"
check "most programs could be compared" test "$compared" -ge 25
