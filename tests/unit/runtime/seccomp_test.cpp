#include "runtime/seccomp.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "base/sys_process.h"
#include "oci/default_seccomp.h"
#include "tests/unit/runtime/seccomp_program.h"

using namespace aictr;
using namespace aictr::runtime;
using namespace aictr::test;

TEST_CASE("two conditions on one argument are two rules, as in runc") {
  Program program = compile(profile(
      "SCMP_ACT_ERRNO", {rule({"socket"}, "SCMP_ACT_ALLOW", {{0, 1, 0, "SCMP_CMP_EQ"}, {0, 2, 0, "SCMP_CMP_EQ"}})}));
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {1})) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {2})) == SECCOMP_RET_ALLOW);
  CHECK(run_filter(program, call(SCMP_ARCH_X86_64, SYS_socket, {3})) == (SECCOMP_RET_ERRNO | EPERM));
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
  CHECK(message(profile("SCMP_ACT_ALLOW", {rule({"read", "sendmsg"}, "SCMP_ACT_NOTIFY")})) ==
        "/linux/seccomp/syscalls/0/action 'SCMP_ACT_NOTIFY' cannot be used for the sendmsg syscall");
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

TEST_CASE("the default profile is a small program") {
  // Each instruction costs at every system call of the container that is not decided before it, and at every load.
  CHECK(compile(oci::default_seccomp({})).size() < 800);
}
