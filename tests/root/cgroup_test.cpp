#include "runtime/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "runtime/cgroup_tree.h"
#include "tests/cgroup_fixture.h"
#include "tests/skip.h"

using namespace aictr;
using namespace aictr::runtime;
using namespace aictr::test;

namespace {

CgroupHost host_without_v2() {
  CgroupHost host = cgroup_host();
  host.v2_mount.clear();
  host.v2_controllers.clear();
  return host;
}

bool can_use_v1(const CgroupHost& host, const std::string& controller) {
  if (host.v1_mounts.count(controller) != 0) return true;
  note_skip(fmt::format("needs the {} controller on cgroup v1", controller));
  return false;
}

// A node for the kernel's log, which everybody may make and root may open.
class DeviceNode {
 public:
  DeviceNode() { REQUIRE(sys::mknod(AT_FDCWD, path_, S_IFCHR | 0600, makedev(1, 11)).ok()); }
  DeviceNode(const DeviceNode&) = delete;
  DeviceNode& operator=(const DeviceNode&) = delete;
  ~DeviceNode() { CHECK(sys::unlink(AT_FDCWD, path_).ok()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = fmt::format("/dev/aictr-test-{}", getpid());
};

std::function<int()> open_result(const std::string& path) {
  return [path] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC) < 0 ? errno : 0; };
}

void check_freezing(TestCgroup& cgroup) {
  auto pipe = sys::pipe(O_NONBLOCK);
  REQUIRE(pipe.ok());
  int out = pipe.value().write_end.get();
  pid_t pid = cgroup.start([out] {
    while (::write(out, "x", 1) > 0) usleep(1000);
    return 1;
  });
  auto ticks = [&] {
    char buffer[4096];
    while (::read(pipe.value().read_end.get(), buffer, sizeof buffer) > 0) {
    }
    usleep(50000);
    return ::read(pipe.value().read_end.get(), buffer, sizeof buffer);
  };
  CHECK(ticks() > 0);
  REQUIRE(cgroup.get().freeze(true).ok());
  CHECK(ticks() <= 0);
  REQUIRE(cgroup.get().freeze(false).ok());
  CHECK(ticks() > 0);
  CHECK(sys::kill(pid, SIGKILL).ok());
  CHECK(sys::wait(pid).ok());
}

void check_killing(TestCgroup& cgroup) {
  pid_t pid = cgroup.start([] {
    for (;;) {
      if (fork() == 0) {
        usleep(20000);
        _exit(0);
      }
      usleep(500);
    }
    return 0;
  });
  usleep(20000);
  CHECK(cgroup.get().processes().value().size() > 1);
  REQUIRE(cgroup.get().kill_all().ok());
  CHECK(sys::wait(pid).value().exit_code() == 128 + SIGKILL);
}

}  // namespace

TEST_CASE("a program that takes more memory than its limit is killed, and the report says why") {
  if (!can_limit("memory")) return;
  TestCgroup limited(memory_of(64 * kMiB));
  CHECK(limited.run([] { return take_memory(32 * kMiB); }) == 0);
  CHECK(limited.get().memory().value().oom_kills == 0);
  CHECK(limited.run([] { return take_memory(1024 * kMiB); }) == 128 + SIGKILL);
  MemoryReport report = limited.get().memory().value();
  CHECK(report.limit == 64 * kMiB);
  CHECK(report.oom_kills == 1);
  CHECK(report.peak > std::int64_t{60 * kMiB});
  CHECK(report.peak <= std::int64_t{64 * kMiB});
}

TEST_CASE("without the limit the same program ends well") {
  if (!can_limit("memory")) return;
  TestCgroup unlimited(memory_of(2048 * kMiB));
  CHECK(unlimited.run([] { return take_memory(1024 * kMiB); }) == 0);
  CHECK(unlimited.get().memory().value().oom_kills == 0);
}

TEST_CASE("forks beyond the limit of processes fail") {
  if (!can_limit("pids")) return;
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run(count_forks) == 64);
  }
  resources.pids.emplace().limit = 10;
  TestCgroup limited(resources);
  CHECK(limited.run(count_forks) == 9);  // and the process itself
}

TEST_CASE("a quota of a twentieth of a processor gives a twentieth of a processor") {
  if (!can_limit("cpu")) return;
  oci::Resources resources;
  int without_limit = 0;
  {
    TestCgroup unlimited(resources);
    without_limit = unlimited.run([] { return busy_milliseconds() / 2; }) * 2;
  }
  resources.cpu.emplace().quota = 5000;
  resources.cpu->period = 100000;
  TestCgroup limited(resources);
  int used = limited.run([] { return busy_milliseconds() / 2; }) * 2;
  CHECK(used > 5);
  CHECK(used < 60);
  CHECK(without_limit > 2 * used);  // little, because others may use this machine too
}

TEST_CASE("a process sees only the processors of its set") {
  if (!can_limit("cpuset")) return;
  oci::Resources resources;
  resources.cpu.emplace().cpus = "0";
  TestCgroup limited(resources);
  CHECK(limited.run([] { return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN) > 1); }) >= 0);
  CHECK(limited.run([] {
    auto status = read_file(AT_FDCWD, "/proc/self/status");
    return status.ok() && status.value().find("Cpus_allowed_list:\t0\n") != std::string::npos ? 0 : 1;
  }) == 0);
}

TEST_CASE("a device that no rule allows cannot be opened, the default ones can") {
  if (!can_limit("")) return;
  DeviceNode node;
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run(open_result(node.path())) == 0);
  }
  resources.devices = {{false, "", {}, {}, "rwm"}};
  TestCgroup limited(resources);
  CHECK(limited.run(open_result(node.path())) == EPERM);
  CHECK(limited.run(open_result("/dev/null")) == 0);
  // The update replaces the filter; one more beside the old would still refuse.
  resources.devices.push_back({true, "c", 1, 11, "r"});
  REQUIRE(limited.get().update(resources).ok());
  CHECK(limited.run(open_result(node.path())) == 0);
}

TEST_CASE("a frozen cgroup stands still until it is thawed") {
  if (!can_limit("")) return;
  TestCgroup cgroup({});
  check_freezing(cgroup);
}

TEST_CASE("kill_all ends every process, also one that forks all the time") {
  if (!can_limit("")) return;
  TestCgroup cgroup({});
  check_killing(cgroup);
}

TEST_CASE("on a host that has cgroup v1 alone the freezer holds the container together") {
  CgroupHost host = host_without_v2();
  if (!can_limit("") || !can_use_v1(host, "freezer")) return;
  TestCgroup cgroup({}, "", host);
  CHECK(cgroup.get().directories() == std::vector<std::string>{host.v1_mounts["freezer"] + TestCgroup::path()});
  check_freezing(cgroup);
  check_killing(cgroup);
}

TEST_CASE("on a host that has cgroup v1 alone devices are listed") {
  CgroupHost host = host_without_v2();
  if (!can_limit("") || !can_use_v1(host, "devices")) return;
  oci::Resources resources;
  resources.devices = {{false, "", {}, {}, "rwm"}};
  TestCgroup limited(resources, "", host);
  DeviceNode node;
  CHECK(limited.run(open_result(node.path())) == EPERM);
  CHECK(limited.run(open_result("/dev/null")) == 0);
  resources.devices.push_back({true, "c", 1, 11, "r"});
  REQUIRE(limited.get().update(resources).ok());
  CHECK(limited.run(open_result(node.path())) == 0);
}

TEST_CASE("a set of processors reaches a deep cgroup") {
  if (!can_limit("cpuset")) return;
  oci::Resources resources;
  resources.cpu.emplace().cpus = "0";
  {
    TestCgroup deep(resources, "-deep/below");
    CHECK(deep.run([] { return 0; }) == 0);  // a v1 cpuset without memory nodes would take no process
  }
  CgroupHost host = cgroup_host();
  ignore(remove_cgroup(host.v2_mount + TestCgroup::path("-deep")));
  for (const auto& [controller, mount] : host.v1_mounts) ignore(remove_cgroup(mount + TestCgroup::path("-deep")));
}

TEST_CASE("a cgroup that holds processes is not taken") {
  if (!can_limit("")) return;
  TestCgroup cgroup({});
  cgroup.start([] { return pause(); });
  auto again = Cgroup::create(cgroup_host(), TestCgroup::path(), {});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().kind == Kind::busy);
  CHECK(again.error().message.find("container's cgroup is not empty") == 0);
}

TEST_CASE("a failure leaves no directory behind") {
  if (!can_limit("")) return;
  oci::Resources resources = memory_of(64 * kMiB);
  resources.cpu.emplace().cpus = "4000-4001";
  std::string path = TestCgroup::path();
  auto failed = Cgroup::create(cgroup_host(), path, resources);
  REQUIRE_FALSE(failed.ok());
  CgroupHost here = cgroup_host();
  CHECK_FALSE(sys::exists(AT_FDCWD, here.v2_mount + path));
  for (const auto& [controller, mount] : here.v1_mounts) CHECK_FALSE(sys::exists(AT_FDCWD, mount + path));
}

TEST_CASE("a limit is added to a container that runs") {
  if (!can_limit("memory")) return;
  TestCgroup cgroup({});
  auto gate = sys::pipe();
  REQUIRE(gate.ok());
  int in = gate.value().read_end.get();
  pid_t pid = cgroup.start([in] {
    char byte;
    if (::read(in, &byte, 1) != 1) return 3;
    return take_memory(1024 * kMiB);
  });
  REQUIRE(cgroup.get().update(memory_of(64 * kMiB)).ok());
  REQUIRE(sys::write_all(gate.value().write_end.get(), "x").ok());
  CHECK(sys::wait(pid).value().exit_code() == 128 + SIGKILL);
  CHECK(cgroup.get().memory().value().oom_kills == 1);
}

TEST_CASE("a later process finds the cgroup by its recorded directories") {
  if (!can_limit("memory")) return;
  TestCgroup cgroup(memory_of(64 * kMiB));
  pid_t pid = cgroup.start([] { return pause(); });
  Cgroup adopted = Cgroup::adopt(cgroup_host(), cgroup.get().directories());
  CHECK(adopted.directories() == cgroup.get().directories());
  CHECK(adopted.processes().value() == std::vector<pid_t>{pid});
  CHECK(adopted.memory().value().limit == 64 * kMiB);
  CHECK_FALSE(adopted.v2_directory().has_value());
  REQUIRE(adopted.prepare_entry().ok());
  CHECK(adopted.v2_directory().has_value() == !cgroup_host().v2_mount.empty());
}

TEST_CASE("what the container made below its cgroup is removed with it") {
  if (!can_limit("")) return;
  TestCgroup cgroup({});
  std::string directory = cgroup.get().directories().front();
  REQUIRE(make_directories(AT_FDCWD, directory + "/a/b/c", 0755).ok());
  CHECK(cgroup.get().remove().ok());
  CHECK_FALSE(sys::exists(AT_FDCWD, directory));
}

TEST_CASE("removing waits for a process that is ending") {
  if (!can_limit("")) return;
  TestCgroup cgroup({});
  pid_t pid = cgroup.start([] { return static_cast<int>(usleep(100000)); });
  std::thread reaper([pid] { ignore(sys::wait(pid)); });
  CHECK(cgroup.get().remove().ok());
  reaper.join();
}
