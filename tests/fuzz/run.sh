#!/bin/bash
# tests/fuzz/run.sh SECONDS [NAME...]: every fuzzer of build/fuzz (or these) for so long, as many at once as there are
# processors, from the kept corpus and from what earlier runs found. An input that breaks one is left in
# build/fuzz/found/NAME; mended, it belongs into tests/fuzz/corpus/NAME.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift

fuzz_one() { # NAME
  local name=$1 place=build/fuzz/found/$1 log=build/fuzz/found/$1/log options=()
  mkdir -p "$place/corpus"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$place/")
  if [ -f "tests/fuzz/$name.dict" ]; then options+=(-dict="tests/fuzz/$name.dict"); fi
  if build/fuzz/tests/fuzz/fuzz_"$name" "${options[@]}" "$place/corpus" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    echo "ok: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
  else
    grep -E '^(fuzz:|SUMMARY|==.*ERROR|Test unit written|artifact_prefix)|runtime error' "$log" || tail -n 20 "$log"
    echo "not ok: $name: see $log"
    return 1
  fi
}
export -f fuzz_one
export seconds

[ $# -gt 0 ] || mapfile -t all < <(find build/fuzz/tests/fuzz -maxdepth 1 -name 'fuzz_*' -type f -printf '%f\n' | sed 's/^fuzz_//' | sort)
printf '%s\n' "${@:-${all[@]}}" | xargs -P "$(nproc)" -I NAME bash -c 'fuzz_one NAME'
