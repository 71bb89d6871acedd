#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include <doctest/doctest.h>
#include <seccomp.h>

#include "oci/default_seccomp.h"
#include "runtime/seccomp.h"
#include "tests/unit/runtime/seccomp_program.h"

// libseccomp as the judge: what it compiles from a profile decides every call as what we compile.

using namespace aictr;
using namespace aictr::runtime;
using namespace aictr::test;

namespace {

std::uint32_t libseccomp_action(const std::string& name, std::optional<unsigned> number) {
  static const std::map<std::string, std::uint32_t> kPlain = {{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
                                                              {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
                                                              {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
                                                              {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
                                                              {"SCMP_ACT_LOG", SCMP_ACT_LOG},
                                                              {"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
                                                              {"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY}};
  if (name == "SCMP_ACT_ERRNO") return SCMP_ACT_ERRNO(number.value_or(EPERM));
  if (name == "SCMP_ACT_TRACE") return SCMP_ACT_TRACE(number.value_or(EPERM));
  return kPlain.at(name);
}

scmp_arg_cmp libseccomp_argument(const oci::SeccompArg& arg) {
  static const std::map<std::string, scmp_compare> kOps = {{"SCMP_CMP_NE", SCMP_CMP_NE},
                                                           {"SCMP_CMP_LT", SCMP_CMP_LT},
                                                           {"SCMP_CMP_LE", SCMP_CMP_LE},
                                                           {"SCMP_CMP_EQ", SCMP_CMP_EQ},
                                                           {"SCMP_CMP_GE", SCMP_CMP_GE},
                                                           {"SCMP_CMP_GT", SCMP_CMP_GT},
                                                           {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}};
  return {arg.index, kOps.at(arg.op), arg.value, arg.value_two};
}

// The same profile compiled by libseccomp, the way runc calls it.
Program compile_by_libseccomp(const oci::Seccomp& from, std::uint32_t native = SCMP_ARCH_X86_64) {
  std::uint32_t default_action = libseccomp_action(from.default_action, from.default_errno_ret);
  scmp_filter_ctx context = ::seccomp_init(default_action);
  if (native != ::seccomp_arch_native()) {
    ::seccomp_arch_add(context, native);
    ::seccomp_arch_remove(context, SCMP_ARCH_NATIVE);
  }
  for (const std::string& arch : from.architectures) ::seccomp_arch_add(context, find_seccomp_arch(arch)->token);
  for (const oci::SeccompRule& each : from.syscalls) {
    std::uint32_t action = libseccomp_action(each.action, each.errno_ret);
    if (action == default_action) continue;
    std::vector<scmp_arg_cmp> args;
    for (const oci::SeccompArg& arg : each.args) args.push_back(libseccomp_argument(arg));
    for (const std::string& name : each.names) {
      int number = ::seccomp_syscall_resolve_name(name.c_str());
      if (number == __NR_SCMP_ERROR) continue;
      REQUIRE(::seccomp_rule_add_array(context, action, number, static_cast<unsigned>(args.size()), args.data()) == 0);
    }
  }
  std::unique_ptr<FILE, int (*)(FILE*)> file(::tmpfile(), ::fclose);
  REQUIRE(::seccomp_export_bpf(context, ::fileno(file.get())) == 0);
  ::seccomp_release(context);
  Program program(static_cast<std::size_t>(::lseek(::fileno(file.get()), 0, SEEK_END)) / sizeof(sock_filter));
  REQUIRE(::pread(::fileno(file.get()), program.data(), program.size() * sizeof(sock_filter), 0) > 0);
  return program;
}

// The calls whose arguments matter, with those that are worth a try.
std::map<std::uint32_t, std::set<Arguments>> conditional_calls(const oci::Seccomp& from, const SeccompArch& arch) {
  std::map<std::uint32_t, std::set<Arguments>> calls;
  for (const oci::SeccompRule& each : from.syscalls) {
    for (const std::string& name : each.names) {
      for (const SyscallEntry& entry : resolve_syscall(arch, name)) {
        if (entry.first_argument) calls[entry.number].insert(Arguments(6, *entry.first_argument));
        if (!each.args.empty()) add_arguments(calls[entry.number], each, arch.wide);
      }
    }
  }
  return calls;
}

struct Judged {
  std::size_t calls = 0;
  std::size_t different = 0;
  std::string first;  // the first difference
};

// The highest number that the profile names for an architecture; what is above it fails with ENOSYS.
std::uint32_t highest_number(const oci::Seccomp& from, const SeccompArch& arch) {
  std::uint32_t highest = 0;
  for (const oci::SeccompRule& each : from.syscalls) {
    for (const std::string& name : each.names) {
      for (const SyscallEntry& entry : resolve_syscall(arch, name)) highest = std::max(highest, entry.number);
    }
  }
  return highest;
}

// Every system call number of every architecture, with every interesting argument, against libseccomp's own program.
Judged judge(const oci::Seccomp& from, const std::vector<std::string>& arches, std::uint32_t native) {
  Program ours = compile(from, native);
  Program theirs = compile_by_libseccomp(from, native);
  bool refuses = from.default_action != "SCMP_ACT_ALLOW" && from.default_action != "SCMP_ACT_LOG";
  Judged judged;
  for (const std::string& name : arches) {
    const SeccompArch& arch = *find_seccomp_arch(name);
    bool x32 = arch.token == SCMP_ARCH_X32;
    std::uint32_t highest = highest_number(from, arch);
    auto calls = conditional_calls(from, arch);
    for (std::uint32_t n = 0; n < 600; ++n) {
      std::uint32_t number = n | (x32 ? kX32Bit : 0);
      calls[number].insert(Arguments(6, 0));
      for (const Arguments& args : calls[number]) {
        seccomp_data data = call(arch.audit, number, args);
        std::uint32_t expected = run_filter(theirs, data);
        if (refuses && highest != 0 && number > highest) expected = SECCOMP_RET_ERRNO | ENOSYS;
        std::uint32_t got = run_filter(ours, data);
        ++judged.calls;
        if (got == expected) continue;
        if (judged.different++ == 0)
          judged.first = name + " call " + std::to_string(n) + " first argument " + std::to_string(args[0]) + ": " +
                         std::to_string(got) + " instead of " + std::to_string(expected);
      }
    }
  }
  return judged;
}

void check_like_libseccomp(const oci::Seccomp& from) {
  Judged judged = judge(from, {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"}, SCMP_ARCH_X86_64);
  CHECK_MESSAGE(judged.different == 0, judged.first);
  CHECK(judged.calls > 1000);
}

// Names that libseccomp itself knows: what is newer is a case of its own.
std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (int number = 0; number < 450; ++number) {
    char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
    if (name != nullptr) names.emplace_back(name);
    std::free(name);
  }
  return names;
}

void forget_new_names(oci::Seccomp& from) {
  for (oci::SeccompRule& each : from.syscalls) {
    auto unknown = [](const std::string& name) {
      return ::seccomp_syscall_resolve_name(name.c_str()) == __NR_SCMP_ERROR;
    };
    each.names.erase(std::remove_if(each.names.begin(), each.names.end(), unknown), each.names.end());
  }
}

}  // namespace

TEST_CASE("the default profile decides every call as libseccomp does") {
  std::vector<std::vector<std::string>> capability_sets = {
      {},
      {"CAP_CHOWN"},
      {"CAP_SYS_ADMIN"},
      {"CAP_SYS_PTRACE", "CAP_SYS_TIME", "CAP_SYS_CHROOT", "CAP_DAC_READ_SEARCH"}};
  for (const auto& capabilities : capability_sets) {
    oci::Seccomp from = oci::default_seccomp(capabilities);
    from.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
    forget_new_names(from);
    check_like_libseccomp(from);
  }
}

TEST_CASE("each operator compares 64 bits as libseccomp does") {
  for (const char* op : {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT",
                         "SCMP_CMP_MASKED_EQ"}) {
    for (std::uint64_t value : {0ULL, 1ULL, 0xffffffffULL, 0x100000000ULL, 0x123456789abcdef0ULL, ~0ULL}) {
      CAPTURE(op);
      CAPTURE(value);
      check_like_libseccomp(profile(
          "SCMP_ACT_ERRNO", {rule({"read", "personality"}, "SCMP_ACT_ALLOW", {{2, value, value & 0xf0f0, op}})}));
    }
  }
}

TEST_CASE("every action is passed on with its number") {
  for (const char* action : {"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP",
                             "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY"}) {
    CAPTURE(action);
    check_like_libseccomp(profile("SCMP_ACT_ALLOW", {rule({"getpid", "clone"}, action)}));
  }
  oci::Seccomp numbered =
      profile("SCMP_ACT_ALLOW", {rule({"getpid"}, "SCMP_ACT_ERRNO"), rule({"gettid"}, "SCMP_ACT_TRACE")});
  numbered.syscalls[0].errno_ret = 4094;  // libseccomp refuses the last one
  numbered.syscalls[1].errno_ret = 77;
  check_like_libseccomp(numbered);
  numbered.default_action = "SCMP_ACT_ERRNO";
  numbered.default_errno_ret = 13;
  check_like_libseccomp(numbered);
}

TEST_CASE("several rules for one call") {
  auto allow = [](std::uint64_t value) {
    return rule({"personality"}, "SCMP_ACT_ALLOW", {{0, value, 0, "SCMP_CMP_EQ"}});
  };
  check_like_libseccomp(profile("SCMP_ACT_ERRNO", {allow(0), allow(8), allow(0x20000), allow(0xffffffff)}));
  // A rule without arguments swallows those with, before and after it.
  check_like_libseccomp(profile("SCMP_ACT_ERRNO", {allow(0), rule({"personality"}, "SCMP_ACT_TRAP"), allow(8)}));
  check_like_libseccomp(
      profile("SCMP_ACT_ERRNO", {rule({"personality"}, "SCMP_ACT_TRAP"), rule({"personality"}, "SCMP_ACT_ALLOW")}));
}

TEST_CASE("all conditions of a rule must hold") {
  check_like_libseccomp(profile("SCMP_ACT_ERRNO", {rule({"mmap", "prctl"}, "SCMP_ACT_ALLOW",
                                                        {{0, 7, 0, "SCMP_CMP_EQ"},
                                                         {1, 0x1000, 0, "SCMP_CMP_GE"},
                                                         {5, 0xff00000000, 0x100000000, "SCMP_CMP_MASKED_EQ"}})}));
}

TEST_CASE("i386 calls that go through socketcall and ipc too") {
  check_like_libseccomp(profile("SCMP_ACT_ERRNO", {rule({"connect", "sendto", "accept", "recvmmsg"}, "SCMP_ACT_ALLOW"),
                                                   rule({"shmget", "semop", "msgrcv"}, "SCMP_ACT_ALLOW")}));
  check_like_libseccomp(profile("SCMP_ACT_ALLOW", {rule({"bind", "shmat", "socketpair"}, "SCMP_ACT_KILL")}));
  check_like_libseccomp(
      profile("SCMP_ACT_ERRNO", {rule({"socketcall", "connect", "ipc", "semget"}, "SCMP_ACT_ALLOW")}));
}

TEST_CASE("the ARM family is compiled with its own numbers") {
  oci::Seccomp from = oci::default_seccomp({});
  from.architectures = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
  forget_new_names(from);
  Judged judged = judge(from, {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"}, SCMP_ARCH_AARCH64);
  CHECK_MESSAGE(judged.different == 0, judged.first);
}

TEST_CASE("profiles made at random decide as libseccomp does") {
  const std::vector<std::string> names = known_names();
  const std::vector<std::string> ops = {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",       "SCMP_CMP_EQ",
                                        "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
  const std::vector<std::string> actions = {"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP", "SCMP_ACT_LOG"};
  std::mt19937 random(7);
  auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  auto any_argument = [&]() -> oci::SeccompArg {
    std::uint64_t value = (random() * std::uint64_t{random()}) >> below(64);
    return {static_cast<unsigned>(below(6)), value, random() & 0xff00ff, ops[below(ops.size())]};
  };
  for (int round = 0; round < 40; ++round) {
    oci::Seccomp from = profile(actions[below(2)], {});
    const std::string& other = from.default_action == actions[0] ? actions[1] : actions[0];
    for (const std::string& name : names) {
      auto i386 = resolve_syscall(*find_seccomp_arch("SCMP_ARCH_X86"), name);
      bool multiplexed = std::any_of(i386.begin(), i386.end(), [](auto& entry) { return bool(entry.first_argument); });
      // One rule a name: which of several wins is libseccomp's own secret. No arguments of calls that go through
      // socketcall(2): libseccomp would compare the pointer to them.
      if (below(3) == 0)
        from.syscalls.push_back(rule({name}, other));
      else if (below(10) == 0)
        from.syscalls.push_back(rule({name}, actions[2 + below(2)]));
      else if (below(10) < 3 && !multiplexed)
        from.syscalls.push_back(rule({name}, other, {any_argument()}));
    }
    check_like_libseccomp(from);
  }
}
