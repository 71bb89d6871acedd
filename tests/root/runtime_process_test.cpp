#include <doctest/doctest.h>
#include <fmt/core.h>

#include "tests/bundle.h"

using aictr::test::Outcome;
using aictr::test::TestBundle;

TEST_CASE("the exit code of run is that of the process") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.run("exit 0").exit_code == 0);
  CHECK(bundle.run("exit 7").exit_code == 7);
  CHECK(bundle.run("kill -TERM $$; sleep 9").exit_code == 0);  // the first process of a PID namespace is spared
}

TEST_CASE("a process that a signal ends gives 128 and its number") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::erase_if(bundle.part().namespaces, [](const auto& ns) { return ns.type == "pid"; });
  CHECK(bundle.run("kill -TERM $$").exit_code == 143);
}

TEST_CASE("a command that does not exist, and one that cannot be executed, are errors that say so") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/etc/plain", "no program");
  struct Case {
    const char* command;
    const char* message;
  };
  for (const Case& c : {Case{"nope", "executable file not found in $PATH"}, Case{"/nope", "no such file or directory"},
                        Case{"/etc/plain", "permission denied"}, Case{"/etc", "is a directory"},
                        Case{"/bin/busybox/x", "not a directory"}}) {
    bundle.process().args = {c.command};
    Outcome outcome = bundle.runtime({"run", "--bundle", bundle.path(), bundle.id()});
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.says(c.message));
  }
}

TEST_CASE("a file of no known format is an error of the exec itself") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/bin/odd", "\x7f odd", 0755);
  bundle.process().args = {"odd"};
  Outcome outcome = bundle.runtime({"run", "--bundle", bundle.path(), bundle.id()});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("exec format error"));
}

TEST_CASE("the environment is the spec's, the last of a name wins, and HOME comes from passwd") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().env = {"PATH=/bin", "A=1", "B=2", "A=3"};
  Outcome outcome = bundle.run("env | sort");
  CHECK(outcome.says("A=3\n"));
  CHECK(outcome.says("B=2\n"));
  CHECK_FALSE(outcome.says("A=1"));
  CHECK(outcome.says("HOME=/root\n"));
  CHECK_FALSE(outcome.says("LC_ALL"));
  CHECK_FALSE(outcome.says("AICTR"));
  bundle.process().env = {"PATH=/bin", "HOME=/elsewhere"};
  CHECK(bundle.run("echo $HOME").output == "/elsewhere\n");
}

TEST_CASE("user, groups and umask are the spec's") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().user.uid = 1000;
  bundle.process().user.gid = 1001;
  bundle.process().user.additional_gids = {5, 1002};
  bundle.process().user.umask = 0077;
  Outcome outcome = bundle.run("id; umask; echo $HOME");
  CAPTURE(outcome.output);
  CHECK(outcome.says("uid=1000"));
  CHECK(outcome.says("gid=1001"));
  CHECK(outcome.says("groups=5,1002"));
  CHECK(outcome.says("0077"));
  CHECK(outcome.says("/home"));
}

TEST_CASE("without a umask in the spec it is 022") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.run("umask").output == "0022\n");
}

TEST_CASE("another user can write to the pipes that are its standard streams through /dev") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().user.uid = 1000;
  CHECK(bundle.run("echo hello >/dev/stdout").output == "hello\n");
}

TEST_CASE("the working directory is the spec's and is made when it is missing") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().cwd = "/made/for/it";
  CHECK(bundle.run("pwd").output == "/made/for/it\n");
  bundle.process().cwd = "/bin/busybox";
  Outcome outcome = bundle.run("pwd");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/process/cwd"));
}

TEST_CASE("the process has the capabilities of the spec and no more") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto& sets = *bundle.process().capabilities;
  sets.bounding = sets.effective = sets.permitted = {"CAP_CHOWN", "CAP_KILL"};
  Outcome outcome = bundle.run("grep Cap /proc/self/status");
  CAPTURE(outcome.output);
  CHECK(outcome.says("CapBnd:\t0000000000000021"));
  CHECK(outcome.says("CapEff:\t0000000000000021"));
  CHECK(outcome.says("CapInh:\t0000000000000000"));
  bundle.process().capabilities.reset();
  CHECK(bundle.run("grep CapEff /proc/self/status").output == "CapEff:\t0000000000000000\n");
}

TEST_CASE("an ambient capability that the process cannot have there is a warning") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().capabilities.emplace();
  for (auto* set : {&bundle.process().capabilities->bounding, &bundle.process().capabilities->permitted,
                    &bundle.process().capabilities->inheritable, &bundle.process().capabilities->ambient})
    *set = {"CAP_KILL"};
  bundle.process().capabilities->ambient.push_back("CAP_CHOWN");
  Outcome outcome = bundle.run("grep CapAmb /proc/self/status");
  CHECK(outcome.says("can't raise ambient capability CAP_CHOWN: "));
  CHECK_FALSE(outcome.says("capability CAP_KILL"));
  CHECK(outcome.says("0000000000000020"));
}

TEST_CASE("a capability that nobody knows is a warning") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().capabilities.emplace().bounding = {"CAP_CHOWN", "CAP_FLY"};
  Outcome outcome = bundle.run("grep CapBnd /proc/self/status");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.says("warning: /process/capabilities: 'CAP_FLY' is not known"));
  CHECK(outcome.says("CapBnd:\t0000000000000001"));
}

TEST_CASE("no_new_privs and resource limits are set") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().no_new_privileges = true;
  bundle.process().rlimits = {{"RLIMIT_NOFILE", 77, 55}};
  Outcome outcome = bundle.run("grep NoNewPrivs /proc/self/status; ulimit -n; ulimit -Hn");
  CHECK(outcome.output == "NoNewPrivs:\t1\n55\n77\n");
}

TEST_CASE("the process leads a session and has a keyring of its own") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Outcome outcome = bundle.run("cut -d' ' -f6 /proc/1/stat");
  CHECK(outcome.output == "1\n");
}

TEST_CASE("the scheduler, the io priority and the badness for memory are the spec's") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().scheduler.emplace();
  bundle.process().scheduler->policy = "SCHED_BATCH";
  bundle.process().scheduler->nice = 5;
  bundle.process().io_priority.emplace();
  bundle.process().io_priority->priority_class = "IOPRIO_CLASS_IDLE";
  bundle.process().oom_score_adj = 500;
  Outcome outcome = bundle.run("cut -d' ' -f19,41 /proc/1/stat; cat /proc/1/oom_score_adj; ionice -p 1");
  CAPTURE(outcome.output);
  CHECK(outcome.says("5 3\n500\n"));
  CHECK(outcome.says("idle"));
}

TEST_CASE("a personality of 32 bits changes what uname says") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().personality.emplace();
  bundle.part().personality->domain = "LINUX32";
  CHECK(bundle.run("uname -m").output != "x86_64\n");
}

TEST_CASE("a descriptor that is to be preserved arrives under its number, and no other does") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("config.json", "");
  bundle.process().args = {"sh", "-c", "cat <&3; ls /proc/self/fd | tr '\\n' ' '"};
  bundle.write("message", "through three\n");
  bundle.runtime({"list"});  // writes config.json
  std::string command = "exec 3<" + bundle.path("message") +
                        " 4</etc/passwd 5</; exec $AICTR_BIN/aictr-runtime --root " + bundle.state_root() +
                        " run --preserve-fds 1 -b " + bundle.path() + " " + bundle.id() + " >" + bundle.path("output");
  REQUIRE(::system(command.c_str()) == 0);
  CHECK(bundle.read("output") == "through three\n0 1 2 3 4 ");  // 4 is the directory that ls itself reads
}

TEST_CASE("sockets of a service manager are handed on, and before the descriptors that are preserved") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("socket", "of the manager ");
  bundle.write("other", "preserved");
  bundle.process().args = {"sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4"};
  bundle.runtime({"list"});  // writes config.json
  std::string run =
      fmt::format("exec 3<{} 4<{}; LISTEN_FDS=1 LISTEN_PID=$$ exec {} --root {} run --preserve-fds 1 -b {} {}",
                  bundle.path("socket"), bundle.path("other"), aictr::test::runtime_program(), bundle.state_root(),
                  bundle.path(), bundle.id());
  auto output_of = [&](const std::string& command) {
    REQUIRE(::system(fmt::format("sh -c '{}' >{} 2>/dev/null", command, bundle.path("output")).c_str()) >= 0);
    return bundle.read("output");
  };
  CHECK(output_of(run) == "1 1\nof the manager preserved");
  // For another process they are none of ours.
  std::string not_ours = run;
  not_ours.replace(not_ours.find("LISTEN_PID=$$"), 13, "LISTEN_PID=1");
  CHECK(output_of(not_ours) == "\nof the manager ");
}
