// The container's filter is on before its first process is done with its own preparations (no_new_privs apart).

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// Refuses every call that Linux 5.2 or a later one brought: profiles that were written before them are still in use.
oci::Seccomp profile_of_2019(bool refuse_with_enosys) {
  oci::SeccompRule rule;
  rule.names = {"clone3",  "close_range", "epoll_pwait2",  "execveat",         "faccessat2",
                "fsmount", "fsopen",      "mount_setattr", "move_mount",       "open_tree",
                "openat2", "pidfd_getfd", "pidfd_open",    "pidfd_send_signal"};
  rule.action = "SCMP_ACT_ERRNO";
  rule.errno_ret = refuse_with_enosys ? 38 : 1;
  oci::Seccomp profile;
  profile.default_action = "SCMP_ACT_ALLOW";
  profile.syscalls = {rule};
  return profile;
}

oci::Hook hook(const std::string& script) {
  oci::Hook made;
  made.path = "/bin/sh";
  made.args = {"sh", "-c", script};
  made.timeout = 20;
  return made;
}

}  // namespace

TEST_CASE("a profile that knows no new system calls stops no container from being created, started and run") {
  NEEDS_BUNDLE();
  for (bool enosys : {false, true}) {
    CAPTURE(enosys);
    TestBundle bundle;
    bundle.part().seccomp = profile_of_2019(enosys);
    bundle.process().no_new_privileges = false;
    bundle.process().user.uid = 1000;
    CHECK(bundle.run("echo run").output == "run\n");
    bundle.process().user.uid = 0;
    bundle.spec.hooks.emplace().start_container = {hook("cat >/state")};
    bundle.process().args = {"sh", "-c", "grep -c status.*created /state; sleep 100"};
    REQUIRE_MESSAGE(bundle.create().exit_code == 0, bundle.read("errors"));
    auto started = bundle.runtime({"start", bundle.id()});
    CHECK_MESSAGE(started.exit_code == 0, started.output);
    CHECK(bundle.runtime({"exec", bundle.id(), "echo", "exec"}).output == "exec\n");
    CHECK(bundle.read("output") == "1\n");
  }
}

TEST_CASE("hooks that run in the container are under its filter, whatever is said of new privileges") {
  NEEDS_BUNDLE();
  for (bool no_new_privileges : {false, true}) {
    CAPTURE(no_new_privileges);
    TestBundle bundle;
    oci::SeccompRule rule;
    rule.names = {"mkdir", "mkdirat"};
    rule.action = "SCMP_ACT_ERRNO";
    bundle.part().seccomp.emplace().default_action = "SCMP_ACT_ALLOW";
    bundle.part().seccomp->syscalls = {rule};
    bundle.process().no_new_privileges = no_new_privileges;
    bundle.spec.hooks.emplace().start_container = {hook("mkdir /tmp/made")};
    Outcome outcome = bundle.run("true");
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.says("error running startContainer hook #0"));
    CHECK(outcome.says("not permitted"));
  }
}

TEST_CASE("descriptors are closed behind such a profile too, also those above a limit that the process gets") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().seccomp = profile_of_2019(false);
  bundle.process().no_new_privileges = false;
  bundle.process().rlimits = {{"RLIMIT_NOFILE", 20, 20}};
  bundle.process().args = {"sh", "-c", "cat <&3; ls /proc/self/fd | tr '\\n' ' '"};
  bundle.write("message", "through three\n");
  bundle.runtime({"list"});  // writes config.json
  std::string command =
      fmt::format("bash -c 'exec 3<{} 7</ 50</etc/passwd; exec {} --root {} run --preserve-fds 1 -b {} {}' >{}",
                  bundle.path("message"), aictr::test::runtime_program(), bundle.state_root(), bundle.path(),
                  bundle.id(), bundle.path("output"));
  REQUIRE(::system(command.c_str()) == 0);
  CHECK(bundle.read("output") == "through three\n0 1 2 3 4 ");  // 4 is the directory that ls itself reads
}
