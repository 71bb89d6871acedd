#include "runtime/seccomp.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <set>

#include <doctest/doctest.h>
#include <seccomp.h>

#include "base/sys_process.h"
#include "oci/default_seccomp.h"
#include "tests/unit/runtime/seccomp_machine.h"

using namespace aictr;
using namespace aictr::runtime;
using aictr::test::run_filter;

namespace {

using Program = std::vector<sock_filter>;

oci::SeccompRule rule(std::vector<std::string> names, std::string action, std::vector<oci::SeccompArg> args = {}) {
  oci::SeccompRule made;
  made.names = std::move(names);
  made.action = std::move(action);
  made.args = std::move(args);
  return made;
}

oci::Seccomp profile(std::string default_action, std::vector<oci::SeccompRule> rules) {
  oci::Seccomp made;
  made.default_action = std::move(default_action);
  made.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  made.syscalls = std::move(rules);
  return made;
}

Program compile(const oci::Seccomp& from, std::uint32_t native = SCMP_ARCH_X86_64) {
  auto program = compile_seccomp(from, native);
  REQUIRE_MESSAGE(program.ok(), program.error().message);
  return program.value().instructions;
}

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

seccomp_data call(std::uint32_t arch, std::uint32_t number, const std::vector<std::uint64_t>& args = {}) {
  seccomp_data data{};
  data.arch = arch;
  data.nr = static_cast<int>(number);
  for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
  return data;
}

using Arguments = std::vector<std::uint64_t>;

// Values around everything that the rule compares with, in each argument alone and in all six at once.
void add_arguments(std::set<Arguments>& sets, const oci::SeccompRule& from, bool wide) {
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

TEST_CASE("two conditions on one argument are two rules, as in runc") {
  Program program = compile(profile(
      "SCMP_ACT_ERRNO", {rule({"socket"}, "SCMP_ACT_ALLOW", {{0, 1, 0, "SCMP_CMP_EQ"}, {0, 2, 0, "SCMP_CMP_EQ"}})}));
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {1})) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {2})) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {3})) == (SECCOMP_RET_ERRNO | EPERM));
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

TEST_CASE("of several rules for a call any that matches decides") {
  // Not judged by libseccomp, whose merged trees of 64-bit comparisons miss some; by the rules' own words.
  auto holds = [](const oci::SeccompArg& arg, std::uint64_t value) {
    if (arg.op == "SCMP_CMP_EQ") return value == arg.value;
    if (arg.op == "SCMP_CMP_NE") return value != arg.value;
    if (arg.op == "SCMP_CMP_GT") return value > arg.value;
    if (arg.op == "SCMP_CMP_GE") return value >= arg.value;
    if (arg.op == "SCMP_CMP_LT") return value < arg.value;
    if (arg.op == "SCMP_CMP_LE") return value <= arg.value;
    return (value & arg.value) == (arg.value_two & arg.value);
  };
  const std::vector<std::string> ops = {"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",       "SCMP_CMP_EQ",
                                        "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    oci::Seccomp from = profile("SCMP_ACT_ERRNO", {});
    std::set<Arguments> tries;
    for (auto count = random() % 5 + 1; count > 0; --count) {
      std::vector<oci::SeccompArg> args;
      for (unsigned index = 0; index < 6; ++index) {
        std::uint64_t value = (random() * std::uint64_t{random()}) >> random() % 64;
        if (random() % 3 == 0) args.push_back({index, value, random() & 0xff00ff, ops[random() % ops.size()]});
      }
      if (args.empty()) continue;
      from.syscalls.push_back(rule({"mmap"}, "SCMP_ACT_ALLOW", args));
      add_arguments(tries, from.syscalls.back(), true);
    }
    Program program = compile(from);
    for (const Arguments& values : tries) {
      auto matches = [&](const oci::SeccompRule& each) {
        return std::all_of(each.args.begin(), each.args.end(),
                           [&](auto& arg) { return holds(arg, values[arg.index]); });
      };
      bool allowed = std::any_of(from.syscalls.begin(), from.syscalls.end(), matches);
      bool got = run_filter(program, call(SCMP_ARCH_X86_64, SYS_mmap, values)) == SECCOMP_RET_ALLOW;
      if (got != allowed) CHECK(got == allowed);
    }
  }
}

TEST_CASE("a call that is newer than the profile does not exist, one that it leaves out is refused") {
  Program program = compile(profile("SCMP_ACT_ERRNO", {rule({"read", "openat2"}, "SCMP_ACT_ALLOW")}));
  auto decide = [&](std::uint32_t arch, std::uint32_t number) { return run_filter(program, call(arch, number)); };
  CHECK(decide(SCMP_ARCH_X86_64, SYS_read) == SECCOMP_RET_ALLOW);
  CHECK(decide(SCMP_ARCH_X86_64, SYS_openat2 - 1) == (SECCOMP_RET_ERRNO | EPERM));
  CHECK(decide(SCMP_ARCH_X86_64, SYS_openat2 + 1) == (SECCOMP_RET_ERRNO | ENOSYS));
  CHECK(decide(SCMP_ARCH_X86_64, kX32Bit | (SYS_openat2 + 1)) == (SECCOMP_RET_ERRNO | ENOSYS));
  CHECK(decide(SCMP_ARCH_X86_64, 0xffffffff) == (SECCOMP_RET_ERRNO | ENOSYS));
  CHECK(decide(SCMP_ARCH_X86, 9999) == (SECCOMP_RET_ERRNO | ENOSYS));
}

TEST_CASE("what is not a known architecture is killed") {
  oci::Seccomp from = profile("SCMP_ACT_ALLOW", {rule({"mount"}, "SCMP_ACT_ERRNO")});
  CHECK(run_filter(compile(from), call(SCMP_ARCH_S390X, 0)) == SECCOMP_RET_KILL_THREAD);
  from.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"};  // valid, and of no use here
  Program native_only = compile(from);
  CHECK(run_filter(native_only, call(SCMP_ARCH_X86, 0)) == SECCOMP_RET_KILL_THREAD);
  // x32 calls must not be a way around a list of what is forbidden.
  CHECK(run_filter(native_only, call(SCMP_ARCH_X86_64, kX32Bit | SYS_mount)) == SECCOMP_RET_KILL_THREAD);
}

TEST_CASE("names that libseccomp of Debian 12 does not know have their number") {
  Program program = compile(profile("SCMP_ACT_ERRNO", {rule({"fchmodat2", "mseal"}, "SCMP_ACT_ALLOW")}));
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, 452)) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, kX32Bit | 452)) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86, 462)) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86, 453)) == (SECCOMP_RET_ERRNO | EPERM));
}

TEST_CASE("a profile without a meaning is refused with its place") {
  auto message = [](oci::Seccomp from) {
    auto program = compile_seccomp(from);
    REQUIRE_FALSE(program.ok());
    CHECK(program.error().kind == Kind::usage);
    return program.error().message;
  };
  CHECK(message(profile("SCMP_ACT_NO", {})) == "/linux/seccomp/defaultAction 'SCMP_ACT_NO' is not an action");
  CHECK(message(profile("SCMP_ACT_NOTIFY", {})) ==
        "/linux/seccomp/defaultAction 'SCMP_ACT_NOTIFY' cannot be used as default action");
  CHECK(message(profile("SCMP_ACT_ALLOW", {rule({"write"}, "SCMP_ACT_NOTIFY")})) ==
        "/linux/seccomp/syscalls/0/action 'SCMP_ACT_NOTIFY' cannot be used for the write syscall");
  CHECK(message(profile("SCMP_ACT_ALLOW", {rule({"read"}, "SCMP_ACT_TRAP", {{0, 0, 0, "="}})})) ==
        "/linux/seccomp/syscalls/0/args/0/op '=' is not an operator");
  CHECK(message(profile("SCMP_ACT_ALLOW", {rule({"read"}, "SCMP_ACT_TRAP", {{6, 0, 0, "SCMP_CMP_EQ"}})})) ==
        "/linux/seccomp/syscalls/0/args/0/index is 6: a system call has 6 arguments");
  oci::Seccomp from = profile("SCMP_ACT_ALLOW", {});
  from.default_errno_ret = 1;
  CHECK(message(from) == "/linux/seccomp/defaultAction 'SCMP_ACT_ALLOW' takes no errnoRet");
  from = profile("SCMP_ACT_ERRNO", {});
  from.default_errno_ret = 4096;
  CHECK(message(from) == "/linux/seccomp/defaultAction has errnoRet 4096: must be at most 4095");
  from = profile("SCMP_ACT_ALLOW", {});
  from.architectures = {"SCMP_ARCH_VAX"};
  CHECK(message(from) == "/linux/seccomp/architectures/0 'SCMP_ARCH_VAX' is not known");
  from.architectures = {};
  from.flags = {"SECCOMP_FILTER_FLAG_LOG", "LOUD"};
  CHECK(message(from) == "/linux/seccomp/flags/1 'LOUD' is not a flag");
}

TEST_CASE("flags are passed on") {
  oci::Seccomp from = profile("SCMP_ACT_ALLOW", {});
  CHECK(compile_seccomp(from).value().flags == SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  from.flags = {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  CHECK(compile_seccomp(from).value().flags == SECCOMP_FILTER_FLAG_LOG);
  from.syscalls = {rule({"read"}, "SCMP_ACT_NOTIFY")};
  CHECK(compile_seccomp(from).value().flags == (SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV));
  CHECK(compile_seccomp(from).value().needs_listener);
}

TEST_CASE("an installed filter holds for the process that installed it") {
  auto run = [](const oci::Seccomp& from, auto body) {
    pid_t pid = fork();
    if (pid == 0) {
      auto program = compile_seccomp(from);
      if (!program.ok() || !sys::prctl(PR_SET_NO_NEW_PRIVS, 1).ok()) _exit(90);
      auto installed = install_seccomp(program.value());
      if (!installed.ok()) _exit(91);
      _exit(body(installed.value()));
    }
    return sys::wait(pid).value();
  };
  oci::Seccomp standard = oci::default_seccomp({});
  CHECK(run(standard, [](const UniqueFd&) { return ::syscall(SYS_unshare, 0) == -1 ? errno : 0; }).status == EPERM);
  CHECK(run(standard, [](const UniqueFd&) { return ::syscall(SYS_clone3, 0, 0) == -1 ? errno : 0; }).status == ENOSYS);
  CHECK(run(standard, [](const UniqueFd&) { return ::syscall(600) == -1 ? errno : 0; }).status == ENOSYS);
  CHECK(run(standard, [](const UniqueFd&) { return ::socket(AF_VSOCK, SOCK_STREAM, 0) == -1 ? errno : 0; }).status ==
        EPERM);
  CHECK(run(standard, [](const UniqueFd&) { return ::socket(AF_UNIX, SOCK_STREAM, 0) == -1 ? errno : 0; }).status == 0);
  CHECK(run(standard, [](const UniqueFd&) { return fork() < 0 ? errno : 0; }).status == 0);
  auto killed = run(profile("SCMP_ACT_ALLOW", {rule({"getppid"}, "SCMP_ACT_KILL_PROCESS")}),
                    [](const UniqueFd&) { return static_cast<int>(::syscall(SYS_getppid) * 0); });
  CHECK(killed.signaled);
  CHECK(killed.status == SIGSYS);
  auto notify = profile("SCMP_ACT_ALLOW", {rule({"getppid"}, "SCMP_ACT_NOTIFY")});
  CHECK(run(notify, [](const UniqueFd& listener) { return listener ? 0 : 1; }).status == 0);
}

TEST_CASE("the default profile is compiled in a fraction of a millisecond") {
  oci::Seccomp from = oci::default_seccomp({});
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 50; ++i) {
    auto begin = std::chrono::steady_clock::now();
    auto program = compile_seccomp(from);
    best = std::min(best, std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin));
    REQUIRE(program.ok());
  }
  MESSAGE("best of 50: ", best.count() / 1000, " us, ", compile(from).size(), " instructions");
  CHECK(best < std::chrono::milliseconds(3));  // ten times what it should be: others may use the machine
}
