#!/bin/bash
# The rooms: which folder may include which, and what only one place may use. Every check prints the lines that break
# its rule.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tree.sh
. "$(dirname "$0")/tree.sh"
own_work

rooms="base oci images runtime hooks cli"

rooms_seen_by() {
  case $1 in
    base) echo base ;;
    oci) echo "base oci" ;;
    images | runtime | hooks) echo "base oci $1" ;;
    cli) echo "$rooms" ;;
  esac
}

# matching TREE REGEX FILES...: FILE:LINE:TEXT, comments left out.
matching() {
  local tree=$1 regex=$2
  shift 2
  [ $# -gt 0 ] || return 0
  (cd "$tree" && grep -HnE -- "$regex" "$@" | grep -vE '^[^:]+:[0-9]+:\s*//') || true
}

wrong_includes() {
  local room seen files
  for room in $rooms; do
    mapfile -t files < <(code_files "$1" "$room")
    seen=$(rooms_seen_by "$room")
    matching "$1" '^\s*#\s*include\s*"' "${files[@]}" | grep -vE "#\s*include\s*\"(${seen// /|})/" || true
  done
}

# outside TREE REGEX PLACES ALLOWED-REGEX: matches in the places, but for the files whose path is allowed.
outside() {
  local tree=$1 regex=$2 places=$3 allowed=$4 files
  # shellcheck disable=SC2086  # a list of rooms
  mapfile -t files < <(code_files "$tree" $places | grep -vE "^($allowed)$" || true)
  matching "$tree" "$regex" "${files[@]}"
}

raw_system_calls() { outside "$1" '<sys/(mount|syscall)\.h>|\bsyscall\s*\(' "$rooms" 'base/.*'; }
json_parsers() { outside "$1" '<nlohmann/' "$rooms" 'oci/json\.cpp'; }
yaml_parsers() { outside "$1" '<yaml-cpp/' "$rooms" 'oci/[a-z_]*yaml[a-z_]*\.cpp'; }
path_libraries() { outside "$1" '<filesystem>|std::filesystem' runtime ''; }
shells_out() { outside "$1" '(^|[^_[:alnum:]>.])(system|popen)\s*\(' "$rooms" ''; }
prints() {
  outside "$1" '(^|[^_[:alnum:]])(printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|perror|fmt::print)\s*\(|std::(cout|cerr|clog)\b' \
    "base oci images runtime hooks" ''
}
# GCC 12 brings <algorithm> with other headers, GCC 14 does not.
missing_algorithm() {
  local algorithms='any_of|all_of|none_of|find|find_if|find_if_not|count|count_if|copy|copy_if|transform|remove_if|unique'
  algorithms+='|sort|stable_sort|lower_bound|upper_bound|equal|mismatch|search|reverse|fill|replace|min|max|clamp'
  algorithms+='|min_element|max_element|for_each|binary_search|includes|rotate'
  # shellcheck disable=SC2086  # a list of rooms
  code_files "$1" $rooms tests | while read -r file; do
    if ! grep -q '^#include <algorithm>' "$1/$file"; then matching "$1" "std::(ranges::)?($algorithms)\\(" "$file"; fi
  done
}

vague_names() { project_files "$1" | grep -iE '(^|/)(utils?|helpers?|common|misc)(\.[a-z]+)?(/|$)' || true; }

check "an include goes down, never up or sideways" equals "" "$(wrong_includes "$AICTR_SOURCE")"
check "system calls are made in base/ alone" equals "" "$(raw_system_calls "$AICTR_SOURCE")"
check "one file knows the JSON library" equals "" "$(json_parsers "$AICTR_SOURCE")"
check "one file knows the YAML library" equals "" "$(yaml_parsers "$AICTR_SOURCE")"
check "runtime/ never uses std::filesystem" equals "" "$(path_libraries "$AICTR_SOURCE")"
check "nothing is run through a shell of the host" equals "" "$(shells_out "$AICTR_SOURCE")"
check "a library never prints" equals "" "$(prints "$AICTR_SOURCE")"
check "a file that uses an algorithm includes it" equals "" "$(missing_algorithm "$AICTR_SOURCE")"
check "no file has a name that says nothing" equals "" "$(vague_names "$AICTR_SOURCE")"

finds "an include that goes up is found" wrong_includes base/x.h '#include "oci/json.h"'
finds "an include that goes sideways is found" wrong_includes images/x.cpp '#include "runtime/container.h"'
finds "an include without its folder is found" wrong_includes runtime/x.cpp '#include "container.h"'
finds "a library that includes a command is found" wrong_includes hooks/x.h '  # include "cli/flags.h"'
accepts "an include that goes down is right" wrong_includes cli/x.cpp '#include "runtime/container.h"'
finds "a raw system call is found" raw_system_calls runtime/x.cpp '  syscall(SYS_pivot_root, a, b);'
finds "mount(2) outside of base/ is found" raw_system_calls runtime/x.cpp '#include <sys/mount.h>'
accepts "a system call in base/ is right" raw_system_calls base/sys.cpp 'return ::syscall(SYS_openat2);'
accepts "a comment may name a system call" raw_system_calls runtime/x.cpp '// glibc has no wrapper, see syscall(2)'
finds "a second user of the JSON library is found" json_parsers oci/state.cpp '#include <nlohmann/json.hpp>'
accepts "the one user of the JSON library is right" json_parsers oci/json.cpp '#include <nlohmann/json.hpp>'
finds "a second user of the YAML library is found" yaml_parsers oci/cdi.cpp '#include <yaml-cpp/yaml.h>'
finds "std::filesystem in runtime/ is found" path_libraries runtime/x.cpp 'std::filesystem::path p;'
finds "system(3) is found" shells_out images/x.cpp '  system("tar xf");'
accepts "a name that ends in system is right" shells_out runtime/x.cpp 'mount_file_system(x); host.system(y);'
finds "printing in a library is found" prints runtime/x.cpp '  printf("hello");'
finds "a stream in a library is found" prints images/x.cpp '  std::cerr << x;'
accepts "formatting is not printing" prints oci/x.cpp '  std::snprintf(line, 3, "x"); fmt::format("{}", 1);'
accepts "a command prints" prints cli/ps.cpp '  std::puts("x");'
finds "an algorithm that is not included is found" missing_algorithm base/x.cpp 'return std::find(a, b, c);'
accepts "one that is included is right" missing_algorithm base/x.cpp '#include <algorithm>' 'std::find(a, b, c);'
finds "a file called util is found" vague_names runtime/util.cpp ''
finds "a folder called common is found" vague_names cli/common/flags.cpp ''
