#include "runtime/cgroup.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "tests/skip.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

CgroupHost host() {
  auto detected = CgroupHost::detect();
  REQUIRE(detected.ok());
  return detected.value();
}

bool has_controller(const std::string& controller) {
  CgroupHost here = host();
  return here.on_v2(controller) || here.v1_mounts.contains(controller);
}

// A cgroup of this test process alone, removed at the end of the case.
class TestCgroup {
 public:
  explicit TestCgroup(const oci::Resources& resources)
      : cgroup_(Cgroup::create(host(), fmt::format("/aictr-test-{}", getpid()), resources)) {
    REQUIRE_MESSAGE(cgroup_.ok(), cgroup_.error().message);
  }
  ~TestCgroup() {
    ignore(get().kill_all());
    CHECK(get().remove().ok());
  }
  Cgroup& get() { return cgroup_.value(); }

  // A child of this process, born inside.
  pid_t start(const std::function<int()>& body) {
    auto child = sys::clone3(0, get().v2_directory());
    REQUIRE(child.ok());
    if (child.value().pid > 0) return child.value().pid;
    if (!get().enter(get().v2_directory().has_value()).ok()) _exit(99);
    _exit(body());
  }
  int run(const std::function<int()>& body) {
    auto ended = sys::wait(start(body));
    return ended.ok() ? ended.value().exit_code() : -1;
  }

 private:
  Result<Cgroup> cgroup_;
};

constexpr std::size_t kMiB = 1 << 20;

// 0 when it could write to that much memory; a kill by the kernel ends it.
int take_memory(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  for (std::size_t offset = 0; offset < bytes; offset += 4096) static_cast<volatile char*>(memory)[offset] = 1;
  return 0;
}

// How many of 64 children could be started at the same time.
int count_forks() {
  int started = 0;
  for (int i = 0; i < 64; ++i) {
    pid_t pid = fork();
    if (pid == 0) {
      pause();
      _exit(0);
    }
    if (pid > 0) ++started;
  }
  return started;
}

// The processor time that a loop without end gets in half a second of wall time, in milliseconds.
int busy_milliseconds() {
  using namespace std::chrono;
  auto end = steady_clock::now() + milliseconds(500);
  while (steady_clock::now() < end) {
  }
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<int>(used.tv_sec * 1000 + used.tv_nsec / 1000000);
}

oci::Resources memory_of(std::int64_t bytes) {
  oci::Resources resources;
  resources.memory.emplace();
  resources.memory->limit = bytes;
  resources.memory->swap = bytes;
  return resources;
}

bool can_run(const std::string& controller) {
  if (geteuid() != 0) return test::note_skip("needs root"), false;
  if (!controller.empty() && !has_controller(controller))
    return test::note_skip(fmt::format("needs the {} controller", controller)), false;
  return true;
}

}  // namespace

TEST_CASE("a program that takes more memory than its limit is killed, and the report says why") {
  if (!can_run("memory")) return;
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
  if (!can_run("memory")) return;
  TestCgroup unlimited(memory_of(2048 * kMiB));
  CHECK(unlimited.run([] { return take_memory(1024 * kMiB); }) == 0);
  CHECK(unlimited.get().memory().value().oom_kills == 0);
}

TEST_CASE("forks beyond the limit of processes fail") {
  if (!can_run("pids")) return;
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run(count_forks) == 64);
  }
  resources.pids.emplace().limit = 10;
  TestCgroup limited(resources);
  CHECK(limited.run(count_forks) == 9);  // and the process itself
}

TEST_CASE("a quota of a quarter of a processor gives a quarter of a processor") {
  if (!can_run("cpu")) return;
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    int used = unlimited.run([] { return busy_milliseconds() / 10; }) * 10;
    CHECK(used > 250);
  }
  resources.cpu.emplace().quota = 25000;
  resources.cpu->period = 100000;
  TestCgroup limited(resources);
  int used = limited.run([] { return busy_milliseconds() / 10; }) * 10;
  CHECK(used > 60);
  CHECK(used < 200);
}

TEST_CASE("a process sees only the processors of its set") {
  if (!can_run("cpuset")) return;
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
  if (!can_run("")) return;
  std::string node = fmt::format("/dev/aictr-test-{}", getpid());
  REQUIRE(sys::mknod(AT_FDCWD, node, S_IFCHR | 0600, makedev(1, 11)).ok());  // /dev/kmsg
  Defer remove([&] { ignore(sys::unlink(AT_FDCWD, node)); });
  auto open_result = [&](const std::string& path) {
    return [path] { return ::open(path.c_str(), O_RDONLY) < 0 ? errno : 0; };
  };
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run(open_result(node)) == 0);
  }
  resources.devices = {{false, "", {}, {}, "rwm"}};
  {
    TestCgroup limited(resources);
    CHECK(limited.run(open_result(node)) == EPERM);
    CHECK(limited.run(open_result("/dev/null")) == 0);
    // The update replaces the filter; one more beside the old would still refuse.
    resources.devices.push_back({true, "c", 1, 11, "r"});
    REQUIRE(limited.get().update(resources).ok());
    CHECK(limited.run(open_result(node)) == 0);
  }
}

TEST_CASE("a frozen cgroup stands still until it is thawed") {
  if (!can_run("")) return;
  auto pipe = sys::pipe(O_NONBLOCK);
  REQUIRE(pipe.ok());
  TestCgroup cgroup({});
  int out = pipe.value().write_end.get();
  cgroup.start([out] {
    for (;;) {
      if (::write(out, "x", 1) < 0) return 1;
      usleep(1000);
    }
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
}

TEST_CASE("kill_all ends every process, also one that forks all the time") {
  if (!can_run("")) return;
  TestCgroup cgroup({});
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

TEST_CASE("a cgroup that holds processes is not taken") {
  if (!can_run("")) return;
  TestCgroup cgroup({});
  cgroup.start([] { return pause(); });
  auto again = Cgroup::create(host(), fmt::format("/aictr-test-{}", getpid()), {});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().kind == Kind::busy);
  CHECK(again.error().message.find("container's cgroup is not empty") == 0);
}

TEST_CASE("a failure leaves no directory behind") {
  if (!can_run("")) return;
  oci::Resources resources = memory_of(64 * kMiB);
  resources.cpu.emplace().cpus = "4000-4001";
  std::string path = fmt::format("/aictr-test-{}", getpid());
  auto failed = Cgroup::create(host(), path, resources);
  REQUIRE_FALSE(failed.ok());
  CgroupHost here = host();
  CHECK_FALSE(sys::exists(AT_FDCWD, here.v2_mount + path));
  for (const auto& [controller, mount] : here.v1_mounts) CHECK_FALSE(sys::exists(AT_FDCWD, mount + path));
}

TEST_CASE("a limit is added to a container that runs") {
  if (!can_run("memory")) return;
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
  if (!can_run("memory")) return;
  TestCgroup cgroup(memory_of(64 * kMiB));
  pid_t pid = cgroup.start([] { return pause(); });
  Cgroup adopted = Cgroup::adopt(host(), cgroup.get().directories());
  CHECK(adopted.directories() == cgroup.get().directories());
  CHECK(adopted.processes().value() == std::vector<pid_t>{pid});
  CHECK(adopted.memory().value().limit == 64 * kMiB);
  CHECK_FALSE(adopted.v2_directory().has_value());
  REQUIRE(adopted.prepare_entry().ok());
  CHECK(adopted.v2_directory().has_value() == !host().v2_mount.empty());
}

TEST_CASE("what the container made below its cgroup is removed with it") {
  if (!can_run("")) return;
  TestCgroup cgroup({});
  std::string directory = cgroup.get().directories().front();
  REQUIRE(make_directories(AT_FDCWD, directory + "/a/b/c", 0755).ok());
  CHECK(cgroup.get().remove().ok());
  CHECK_FALSE(sys::exists(AT_FDCWD, directory));
}

TEST_CASE("removing waits for a process that is ending") {
  if (!can_run("")) return;
  TestCgroup cgroup({});
  pid_t pid = cgroup.start([] { return static_cast<int>(usleep(100000)); });
  std::thread reaper([pid] { ignore(sys::wait(pid)); });
  CHECK(cgroup.get().remove().ok());
  reaper.join();
}
