#include "tests/cgroup_fixture.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <time.h>

#include "base/sys_process.h"
#include "tests/skip.h"

namespace aictr::test {

using runtime::Cgroup;
using runtime::CgroupHost;

CgroupHost cgroup_host() {
  auto detected = CgroupHost::detect();
  REQUIRE(detected.ok());
  return detected.value();
}

bool can_limit(const std::string& controller) {
  CgroupHost host = cgroup_host();
  if (geteuid() != 0) {
    note_skip("needs root");
  } else if (!controller.empty() && !host.on_v2(controller) && host.v1_mounts.count(controller) == 0) {
    note_skip(fmt::format("needs the {} controller", controller));
  } else {
    return true;
  }
  return false;
}

std::string TestCgroup::path(const std::string& name) {
  return fmt::format("/aictr-test-{}{}", getpid(), name);
}

TestCgroup::TestCgroup(const oci::Resources& resources, const std::string& name, const CgroupHost& host)
    : cgroup_(Cgroup::create(host, path(name), resources)) {
  REQUIRE_MESSAGE(cgroup_.ok(), cgroup_.error().message);
}

TestCgroup::~TestCgroup() {
  ignore(get().kill_all());
  CHECK(get().remove().ok());
}

pid_t TestCgroup::start(const std::function<int()>& body) {
  auto child = sys::clone3(0, get().v2_directory());
  REQUIRE(child.ok());
  if (child.value().pid > 0) return child.value().pid;
  if (!get().enter(get().v2_directory().has_value()).ok()) _exit(99);
  _exit(body());
}

int TestCgroup::run(const std::function<int()>& body) {
  auto ended = sys::wait(start(body));
  return ended.ok() ? ended.value().exit_code() : -1;
}

oci::Resources memory_of(std::int64_t bytes) {
  oci::Resources resources;
  resources.memory.emplace().limit = bytes;
  resources.memory->swap = bytes;
  return resources;
}

int take_memory(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  for (std::size_t offset = 0; offset < bytes; offset += 4096) static_cast<volatile char*>(memory)[offset] = 1;
  return 0;
}

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

int busy_milliseconds() {
  using namespace std::chrono;
  auto end = steady_clock::now() + milliseconds(500);
  while (steady_clock::now() < end) {
  }
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<int>(used.tv_sec * 1000 + used.tv_nsec / 1000000);
}

}  // namespace aictr::test
