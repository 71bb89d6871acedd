// What a container that has prepared for it could do to a process that joins it; each case is named after the bug.

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "oci/default_spec.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// A container that may mount, and has done what the script says.
void start_hostile(TestBundle& bundle, const std::string& script) {
  auto& sets = *bundle.process().capabilities;
  for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted}) set->push_back("CAP_SYS_ADMIN");
  bundle.process().args = {"sh", "-c", script + "; touch /ready; sleep 1000"};
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  for (int i = 0; i < 500 && !sys::exists(AT_FDCWD, bundle.rootfs("/ready")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  REQUIRE(sys::exists(AT_FDCWD, bundle.rootfs("/ready")));
}

Outcome exec(TestBundle& bundle, const std::vector<std::string>& words) {
  std::vector<std::string> all = {"exec"};
  all.insert(all.end(), words.begin(), words.end());
  return bundle.runtime(all);
}

}  // namespace

TEST_CASE("CVE-2025-52881, CVE-2019-16884: what exec writes to /proc goes to the host's, whatever is mounted inside") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "mount -t tmpfs x /proc && mkdir /proc/self && echo fake > /proc/self/oom_score_adj");
  bundle.write("process.json", R"({"cwd":"/","user":{"uid":0,"gid":0},"env":["PATH=/bin"],"oomScoreAdj":432,
      "args":["sleep","1000"]})");
  std::string command = fmt::format("{} --root {} exec -d --pid-file {} --process {} {} </dev/null >{} 2>&1",
                                    test::runtime_program(), bundle.state_root(), bundle.path("pid"),
                                    bundle.path("process.json"), bundle.id(), bundle.path("output"));
  REQUIRE_MESSAGE(::system(command.c_str()) == 0, bundle.read("output"));
  CHECK(read_file(AT_FDCWD, "/proc/" + bundle.read("pid") + "/oom_score_adj").value() == "432\n");
  CHECK(exec(bundle, {bundle.id(), "cat", "/proc/self/oom_score_adj"}).output == "fake\n");
}

TEST_CASE("CVE-2025-52565: a terminal for exec comes from a devpts and from nowhere else") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "mount -t tmpfs x /dev/pts && echo text > /dev/pts/ptmx");
  Outcome outcome = exec(bundle, {"-t", bundle.id(), "true"});
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == 255);
  CHECK(outcome.says("no devpts mounted"));
}

TEST_CASE("CVE-2025-52565: nor does a link in its place lead to one") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "umount /dev/pts && rmdir /dev/pts && ln -s /tmp /dev/pts && touch /tmp/ptmx && touch /done");
  REQUIRE(sys::exists(AT_FDCWD, bundle.rootfs("/done")));
  Outcome outcome = exec(bundle, {"-t", bundle.id(), "true"});
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == 255);
  CHECK(outcome.says("no devpts mounted"));
}

TEST_CASE("CVE-2022-27650, CVE-2022-29162, CVE-2025-27612: exec gives nothing to inherit") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "true");
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{}, {"--cap", "CAP_NET_ADMIN"}, {"-u", "1000"}}) {
    std::vector<std::string> words = flags;
    words.insert(words.end(), {bundle.id(), "grep", "CapInh", "/proc/self/status"});
    // What was asked for as ambient cannot be, since that needs it inheritable, and a warning says so.
    bool asks = !flags.empty() && flags[0] == "--cap";
    std::string warning = asks
                              ? "aictr-runtime: warning: /process/capabilities/ambient: can't raise ambient capability "
                                "CAP_NET_ADMIN: it is not permitted and inheritable\n"
                              : "";
    CHECK(exec(bundle, words).output == warning + "CapInh:\t0000000000000000\n");
  }
}

TEST_CASE("CVE-2024-21626: a working directory that the container made a link to nowhere else leads nowhere else") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "ln -s /proc/self/fd/6 /six; ln -s ../../../../../../.. /up");
  CHECK(exec(bundle, {"--cwd", "/six", bundle.id(), "pwd"}).exit_code == 255);
  CHECK(exec(bundle, {"--cwd", "/up", bundle.id(), "sh", "-c", "ls -d ready && pwd -P"}).output == "ready\n/\n");
}

TEST_CASE("an /etc/passwd that never ends or never begins does not hold exec up") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start_hostile(bundle, "rm /etc/passwd; mkfifo /etc/passwd");
  CHECK(exec(bundle, {bundle.id(), "sh", "-c", "echo $HOME"}).output == "/\n");
}
