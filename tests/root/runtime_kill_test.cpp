// The runtime is killed at each step that its trace names; whatever it has left, `delete --force` clears.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "runtime/cgroup_host.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// A command of aictr-runtime that stands still at every line of its trace until the line is read: the pipe takes one
// line at a time (O_DIRECT, pipe(2)).
class Halting {
 public:
  Halting(TestBundle& bundle, const std::vector<std::string>& words) {
    bundle.runtime({"list"});  // writes config.json
    int ends[2];
    REQUIRE(::pipe2(ends, O_DIRECT | O_CLOEXEC) == 0);
    REQUIRE(::fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0);
    trace_.reset(ends[0]);
    UniqueFd write_end(ends[1]);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) become(bundle, words, write_end.get());
    pidfd_ = sys::pidfd_open(pid_).value();
  }
  ~Halting() {
    kill();
    if (reader_.joinable()) reader_.join();
  }

  // False when it has come to its end.
  bool pass_step() {
    pollfd polled[2] = {{trace_.get(), POLLIN, 0}, {pidfd_.get(), POLLIN, 0}};
    REQUIRE(::poll(polled, 2, 20'000) > 0);
    return (polled[0].revents & POLLIN) != 0 && read_line();
  }

  // Its container's process goes on, to find that it is alone.
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ignore(sys::wait(std::exchange(pid_, 0)));
    reader_ = std::thread([this] {
      while (read_line()) continue;
    });
  }

 private:
  [[noreturn]] static void become(TestBundle& bundle, const std::vector<std::string>& words, int trace) {
    UniqueFd nothing(::open("/dev/null", O_RDWR));
    ::dup2(nothing.get(), 0);
    ::dup2(nothing.get(), 1);
    ::dup2(trace, 2);
    std::vector<std::string> all = {"aictr-runtime", "--debug", "--root", bundle.state_root()};
    all.insert(all.end(), words.begin(), words.end());
    Error reason = sys::execute(test::runtime_program(), all);
    ::_exit(reason.code);
  }

  bool read_line() const {
    char line[4096];
    return ::read(trace_.get(), line, sizeof line) > 0;
  }

  UniqueFd trace_;
  UniqueFd pidfd_;
  pid_t pid_ = 0;
  std::thread reader_;
};

bool left_cgroup(const std::string& id) {
  auto host = runtime::CgroupHost::detect().value();
  bool found = !host.v2_mount.empty() && sys::exists(AT_FDCWD, host.v2_mount + "/aictr/" + id);
  for (const auto& [controller, mount] : host.v1_mounts) found = found || sys::exists(AT_FDCWD, mount + "/aictr/" + id);
  return found;
}

void check_delete_clears(TestBundle& bundle) {
  Outcome removed = bundle.runtime({"delete", "--force", bundle.id()});
  CAPTURE(removed.output);
  CHECK(removed.exit_code == 0);
  CHECK(list_directory(AT_FDCWD, bundle.state_root()).value_or({}).empty());
  CHECK_FALSE(left_cgroup(bundle.id()));
  CHECK(test::mounts_naming(bundle.path()).empty());
}

// Kills the command after 0, 1, 2, … steps, until there are no more. `prepare` makes what it works on.
template <class Prepare>
int kill_at_each_step(TestBundle& bundle, const std::vector<std::string>& words, Prepare prepare) {
  for (int steps = 0;; ++steps) {
    CAPTURE(steps);
    prepare();
    bool ended = false;
    Halting command(bundle, words);
    for (int i = 0; i < steps && !ended; ++i) ended = !command.pass_step();
    command.kill();
    check_delete_clears(bundle);
    if (ended) return steps;
  }
}

std::vector<std::string> pids_of(TestBundle& bundle) {
  std::string text = bundle.runtime({"ps", "--format", "json", bundle.id()}).output;
  if (!text.starts_with('[')) return {};
  return split(std::string_view(text).substr(1, text.size() - 3), ',');
}

std::string link_of(const std::string& pid, const std::string& name) {
  return sys::readlink(AT_FDCWD, "/proc/" + pid + "/" + name).value_or("");
}

}  // namespace

TEST_CASE("create and run can be killed at every step") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "0.2"};
  bundle.part().resources.emplace().pids = oci::PidsLimit{50};
  for (const std::string command : {"create", "run"}) {
    CAPTURE(command);
    CHECK(kill_at_each_step(bundle, {command, "--bundle", bundle.path(), bundle.id()}, [] {}) > 10);
  }
}

TEST_CASE("create can be killed at every step of a container with a user namespace") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().namespaces.push_back({"user", ""});
  bundle.part().uid_mappings = bundle.part().gid_mappings = {{0, 100'000, 65'536}};
  CHECK(kill_at_each_step(bundle, {"create", "--bundle", bundle.path(), bundle.id()}, [] {}) > 10);
}

TEST_CASE("start and exec can be killed at every step") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  CHECK(kill_at_each_step(bundle, {"start", bundle.id()}, [&] { REQUIRE(bundle.create().exit_code == 0); }) >= 1);
  CHECK(kill_at_each_step(bundle, {"exec", bundle.id(), "true"}, [&] {
          REQUIRE(bundle.create().exit_code == 0);
          REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
        }) > 5);
}

TEST_CASE("a delete that was killed can be done again") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  for (int microseconds = 0; microseconds < 4000; microseconds += 200) {
    CAPTURE(microseconds);
    REQUIRE(bundle.create().exit_code == 0);
    Halting command(bundle, {"delete", "--force", bundle.id()});
    ::usleep(static_cast<useconds_t>(microseconds));
    command.kill();
    check_delete_clears(bundle);
  }
}

TEST_CASE("CVE-2016-9962: whoever is in the container never sees a process that still has a foot on the host") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  std::string first = pids_of(bundle).at(0);
  // No line is read: the process that joins stands still at its first one.
  Halting command(bundle, {"exec", bundle.id(), "true"});
  std::vector<std::string> pids;
  auto joined = [&] {
    pids = pids_of(bundle);
    std::erase(pids, first);
    return pids.size() == 1 && link_of(pids[0], "ns/pid") == link_of(first, "ns/pid");
  };
  for (int i = 0; i < 500 && !joined(); ++i) ::usleep(10'000);
  REQUIRE(pids.size() == 1);
  for (const char* name : {"ns/mnt", "ns/net", "ns/ipc", "ns/uts", "ns/cgroup", "ns/pid"}) {
    CAPTURE(std::string(name));
    CHECK(link_of(pids[0], name) == link_of(first, name));
  }
  for (const std::string& fd : list_directory(AT_FDCWD, "/proc/" + pids[0] + "/fd").value()) {
    if (fd.size() == 1 && fd[0] < '3') continue;
    std::string target = link_of(pids[0], "fd/" + fd);
    CAPTURE(target);
    CHECK(target.starts_with("socket:"));
  }
  command.kill();
}
