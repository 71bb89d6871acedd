#pragma once

// Profiles in few words, and what the program that they become says to a call.

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <seccomp.h>

#include "oci/seccomp_spec.h"
#include "runtime/seccomp.h"

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

// Runs a seccomp filter as the kernel would (seccomp_check_filter's instructions that filters here use). 0xdead0000 for
// a program that the kernel would refuse.
inline std::uint32_t run_filter(const std::vector<sock_filter>& program, const seccomp_data& data) {
  constexpr std::uint32_t kInvalid = 0xdead0000;
  std::uint32_t a = 0;
  for (std::size_t pc = 0; pc < program.size(); ++pc) {
    const sock_filter& insn = program[pc];
    switch (insn.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (insn.k % 4 != 0 || insn.k + 4 > sizeof data) return kInvalid;
        std::memcpy(&a, reinterpret_cast<const char*>(&data) + insn.k, 4);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= insn.k;
        break;
      case BPF_JMP | BPF_JA:
        pc += insn.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        pc += a == insn.k ? insn.jt : insn.jf;
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        pc += a > insn.k ? insn.jt : insn.jf;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        pc += a >= insn.k ? insn.jt : insn.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        pc += (a & insn.k) != 0 ? insn.jt : insn.jf;
        break;
      case BPF_RET | BPF_K:
        return insn.k;
      default:
        return kInvalid;
    }
  }
  return kInvalid;
}

}  // namespace aictr::test
