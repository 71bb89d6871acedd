#pragma once

// Profiles in few words, and what the program that they become says to a call.

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <seccomp.h>

#include "oci/seccomp_spec.h"
#include "runtime/seccomp.h"
#include "tests/unit/runtime/seccomp_machine.h"

namespace aictr::test {

using Program = std::vector<sock_filter>;
using Arguments = std::vector<std::uint64_t>;

inline oci::SeccompRule rule(std::vector<std::string> names, std::string action,
                             std::vector<oci::SeccompArg> args = {}) {
  oci::SeccompRule made;
  made.names = std::move(names);
  made.action = std::move(action);
  made.args = std::move(args);
  return made;
}

inline oci::Seccomp profile(std::string default_action, std::vector<oci::SeccompRule> rules) {
  oci::Seccomp made;
  made.default_action = std::move(default_action);
  made.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  made.syscalls = std::move(rules);
  return made;
}

inline Program compile(const oci::Seccomp& from, std::uint32_t native = SCMP_ARCH_X86_64) {
  auto program = runtime::compile_seccomp(from, native);
  REQUIRE_MESSAGE(program.ok(), program.error().message);
  return program.value().instructions;
}

inline seccomp_data call(std::uint32_t arch, std::uint32_t number, const std::vector<std::uint64_t>& args = {}) {
  seccomp_data data{};
  data.arch = arch;
  data.nr = static_cast<int>(number);
  for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
  return data;
}

// Values around everything that the rule compares with, in each argument alone and in all six at once.
inline void add_arguments(std::set<Arguments>& sets, const oci::SeccompRule& from, bool wide) {
  std::set<std::uint64_t> values = {0, 1, 0xffffffff};
  for (const oci::SeccompArg& arg : from.args) {
    for (std::uint64_t base : {arg.value, arg.value_two, ~arg.value, arg.value | arg.value_two})
      values.insert({base, base + 1, base - 1, base + 0x100000000, base & 0xffffffff});
  }
  for (std::uint64_t value : values) {
    // The kernel hands a 32-bit program's arguments over with the upper half clear.
    std::uint64_t seen = wide ? value : value & 0xffffffff;
    sets.insert(Arguments(6, seen));
    for (std::size_t i = 0; i < 6; ++i) {
      Arguments one(6, 0);
      one[i] = seen;
      sets.insert(one);
    }
  }
}

}  // namespace aictr::test
