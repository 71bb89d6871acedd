// Limits that only a host with every controller on cgroup v2, a disk and swap can show. Each is met by a workload that
// breaks it and one that stays inside.

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "runtime/cgroup_tree.h"
#include "tests/cgroup_fixture.h"

using namespace aictr;
using namespace aictr::runtime;
using namespace aictr::test;

namespace {

constexpr const char* kDisk = "/dev/vda";  // the machine's scratch disk

struct stat disk() {
  auto status = sys::stat(AT_FDCWD, kDisk);
  REQUIRE(status.ok());
  return status.value();
}

std::int64_t disk_major() {
  return major(disk().st_rdev);
}
std::int64_t disk_minor() {
  return minor(disk().st_rdev);
}

void set_scheduler(const std::string& name) {
  REQUIRE(write_existing(AT_FDCWD, "/sys/block/vda/queue/scheduler", name).ok());
}

// Reads past the page cache, in tenths of a second.
int read_disk(std::size_t bytes) {
  using namespace std::chrono;
  constexpr std::size_t kBlock = 64 << 10;
  int fd = ::open(kDisk, O_RDONLY | O_DIRECT | O_CLOEXEC);
  void* buffer = std::aligned_alloc(4096, kBlock);
  auto begin = steady_clock::now();
  for (std::size_t done = 0; done < bytes; done += kBlock) {
    if (::pread(fd, buffer, kBlock, static_cast<off_t>(done)) != static_cast<ssize_t>(kBlock)) return 255;
  }
  return static_cast<int>(duration_cast<milliseconds>(steady_clock::now() - begin).count() / 100);
}

// How many blocks it reads until the deadline; written to the pipe, because an exit code is too small for it.
int count_reads(std::chrono::steady_clock::time_point deadline, int out) {
  constexpr std::size_t kBlock = 64 << 10;
  int fd = ::open(kDisk, O_RDONLY | O_DIRECT | O_CLOEXEC);
  void* buffer = std::aligned_alloc(4096, kBlock);
  std::uint64_t count = 0;
  while (std::chrono::steady_clock::now() < deadline) {
    if (::pread(fd, buffer, kBlock, static_cast<off_t>(count % 512 * kBlock)) < 0) return 1;
    ++count;
  }
  return ::write(out, &count, sizeof count) == sizeof count ? 0 : 1;
}

int count_loops(std::chrono::steady_clock::time_point deadline, int out) {
  while (std::chrono::steady_clock::now() < deadline) {
  }
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  std::uint64_t count =
      static_cast<std::uint64_t>(used.tv_sec) * 1000000 + static_cast<std::uint64_t>(used.tv_nsec) / 1000;
  return ::write(out, &count, sizeof count) == sizeof count ? 0 : 1;
}

using Contest = int (*)(std::chrono::steady_clock::time_point, int);

// What the first got, divided by what the second got, of something that both want all the time.
double contest(TestCgroup& first, TestCgroup& second, Contest work) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  std::uint64_t got[2] = {};
  auto pipes = {sys::pipe(), sys::pipe()};
  TestCgroup* const groups[] = {&first, &second};
  int index = 0;
  for (const auto& pipe : pipes) {
    int out = pipe.value().write_end.get();
    groups[index++]->start([=] { return work(deadline, out); });
  }
  index = 0;
  for (const auto& pipe : pipes) {
    REQUIRE(::read(pipe.value().read_end.get(), &got[index], sizeof got[index]) == sizeof got[index]);
    ++index;
  }
  while (::wait(nullptr) > 0) {
  }
  MESSAGE("shares: ", got[0], " and ", got[1]);
  return static_cast<double>(got[0]) / static_cast<double>(got[1]);
}

void set_huge_pages(int count) {
  REQUIRE(write_existing(AT_FDCWD, "/proc/sys/vm/nr_hugepages", std::to_string(count)).ok());
}

int take_huge_pages(std::size_t count) {
  constexpr std::size_t kSize = 2 * kMiB;
  void* memory = mmap(nullptr, count * kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  if (memory == MAP_FAILED) return errno;
  for (std::size_t i = 0; i < count; ++i) static_cast<volatile char*>(memory)[i * kSize] = 1;
  return 0;
}

}  // namespace

TEST_CASE("every controller is on v2 here") {
  CgroupHost host = cgroup_host();
  CHECK(host.v2_mount == "/sys/fs/cgroup");
  CHECK(host.v1_mounts.empty());
  for (const char* controller : {"memory", "cpu", "cpuset", "pids", "io", "hugetlb"}) CHECK(host.on_v2(controller));
}

TEST_CASE("bytes and operations a second of the disk") {
  set_scheduler("none");
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run([] { return read_disk(4 * kMiB); }) < 8);
  }
  resources.block_io.emplace().throttle_read_bps_device = {{disk_major(), disk_minor(), 2 * kMiB}};
  {
    TestCgroup limited(resources);
    int tenths = limited.run([] { return read_disk(4 * kMiB); });
    CHECK(tenths >= 15);
    CHECK(tenths <= 40);
  }
  resources.block_io->throttle_read_bps_device.clear();
  resources.block_io->throttle_read_iops_device = {{disk_major(), disk_minor(), 20}};
  TestCgroup limited(resources);
  CHECK(limited.run([] { return read_disk(32 * (64 << 10)); }) >= 12);  // 32 operations
}

TEST_CASE("a larger weight gets more of the disk") {
  set_scheduler("bfq");
  oci::Resources light;
  oci::Resources heavy;
  light.block_io.emplace().weight = 100;
  heavy.block_io.emplace().weight = 1000;
  {
    TestCgroup first(light, "-first");
    TestCgroup second(light, "-second");
    double equal = contest(first, second, count_reads);
    CHECK(equal > 0.6);
    CHECK(equal < 1.7);
  }
  {
    TestCgroup first(heavy, "-first");
    TestCgroup second(light, "-second");
    CHECK(contest(first, second, count_reads) > 2.5);
  }
  set_scheduler("none");
}

TEST_CASE("more shares get more of a processor that both want") {
  oci::Resources light;
  light.cpu.emplace().shares = 1024;
  light.cpu->cpus = "0";
  oci::Resources heavy = light;
  heavy.cpu->shares = 8192;
  {
    TestCgroup first(light, "-first");
    TestCgroup second(light, "-second");
    double equal = contest(first, second, count_loops);
    CHECK(equal > 0.7);
    CHECK(equal < 1.4);
  }
  TestCgroup first(heavy, "-first");
  TestCgroup second(light, "-second");
  CHECK(contest(first, second, count_loops) > 3);
}

TEST_CASE("swap takes what memory has no room for, up to its own limit") {
  oci::Resources resources = memory_of(32 * kMiB);
  {
    TestCgroup without(resources);
    CHECK(without.run([] { return take_memory(64 * kMiB); }) == 128 + SIGKILL);
  }
  resources.memory->swap = 96 * kMiB;
  TestCgroup with(resources);
  CHECK(with.run([] { return take_memory(64 * kMiB); }) == 0);
  CHECK(with.run([] { return take_memory(192 * kMiB); }) == 128 + SIGKILL);
}

TEST_CASE("huge pages beyond the limit are refused") {
  set_huge_pages(16);
  oci::Resources resources;
  {
    TestCgroup unlimited(resources);
    CHECK(unlimited.run([] { return take_huge_pages(8); }) == 0);
  }
  resources.hugepage_limits = {{"2MB", 4 * 2 * kMiB}};
  TestCgroup limited(resources);
  CHECK(limited.run([] { return take_huge_pages(4); }) == 0);
  CHECK(limited.run([] { return take_huge_pages(5); }) == ENOMEM);
  set_huge_pages(0);
}

TEST_CASE("a page size that does not exist is named, with where to look") {
  oci::Resources resources;
  resources.hugepage_limits = {{"3MB", 1}};
  auto cgroup = Cgroup::create(cgroup_host(), TestCgroup::path(), resources);
  REQUIRE_FALSE(cgroup.ok());
  CHECK(cgroup.error().kind == Kind::unsupported);
  CHECK(
      cgroup.error().message ==
      "cannot set hugetlb.3MB.rsvd.max or hugetlb.3MB.max (/linux/resources/hugepageLimits/0): the hugetlb controller "
      "has no such file here");
  CHECK(cgroup.error().hint.find("/sys/kernel/mm/hugepages") != std::string::npos);
  CHECK_FALSE(sys::exists(AT_FDCWD, "/sys/fs/cgroup" + TestCgroup::path()));
}

TEST_CASE("a unified key is written, an unknown one refused") {
  oci::Resources resources;
  resources.unified = {{"memory.high", "33554432"}, {"cgroup.max.descendants", "3"}};
  {
    TestCgroup cgroup(resources);
    std::string directory = cgroup.get().directories().front();
    CHECK(number_in(directory + "/memory.high") == 32 * kMiB);
    CHECK(number_in(directory + "/cgroup.max.descendants") == 3);
    CHECK(cgroup.run([] { return take_memory(16 * kMiB); }) == 0);
    CHECK(counter_in(directory + "/memory.events", "high") == 0);
    CHECK(cgroup.run([] { return take_memory(34 * kMiB); }) == 0);
    CHECK(counter_in(directory + "/memory.events", "high") > 0);
  }
  resources.unified = {{"memory.nonsense", "1"}};
  auto cgroup = Cgroup::create(cgroup_host(), TestCgroup::path(), resources);
  REQUIRE_FALSE(cgroup.ok());
  CHECK(cgroup.error().message.find("cannot set memory.nonsense (/linux/resources/unified/memory.nonsense)") == 0);
}

TEST_CASE("controllers are enabled all the way down to a deep cgroup") {
  oci::Resources resources;
  resources.pids.emplace().limit = 7;
  std::string top = TestCgroup::path("-deep");
  auto cgroup = Cgroup::create(cgroup_host(), top + "/a/b", resources);
  REQUIRE(cgroup.ok());
  CHECK(number_in("/sys/fs/cgroup" + top + "/a/b/pids.max") == 7);
  CHECK(remove_cgroup("/sys/fs/cgroup" + top).ok());
}

TEST_CASE("a cgroup whose parent holds processes cannot limit, and says what to do") {
  TestCgroup parent({});
  parent.start([] { return pause(); });
  oci::Resources resources = memory_of(64 * kMiB);
  auto child = Cgroup::create(cgroup_host(), TestCgroup::path() + "/child", resources);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().kind == Kind::unsupported);
  CHECK(child.error().message.find("enable the memory controller in '/sys/fs/cgroup/aictr-test-") == 0);
  CHECK(child.error().hint.find("move them into a cgroup below it first") != std::string::npos);
}

TEST_CASE("without a writable cgroup a limit is one clear error, and no limit is none") {
  pid_t pid = fork();
  if (pid == 0) {
    if (!sys::unshare(CLONE_NEWNS).ok()) _exit(1);
    if (::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_REC, nullptr) != 0) _exit(2);
    if (::mount(nullptr, "/sys/fs/cgroup", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) _exit(3);
    auto limited = Cgroup::create(cgroup_host(), TestCgroup::path(), memory_of(64 * kMiB));
    if (limited.ok() || limited.error().kind != Kind::denied) _exit(4);
    if (limited.error().hint.find("mount -o remount,rw '/sys/fs/cgroup'") == std::string::npos) _exit(5);
    auto unlimited = Cgroup::create(cgroup_host(), TestCgroup::path(), {});
    if (!unlimited.ok() || !unlimited.value().directories().empty()) _exit(6);
    if (unlimited.value().v2_directory() || !unlimited.value().enter(false).ok()) _exit(7);
    _exit(unlimited.value().kill_all().ok() && unlimited.value().remove().ok() ? 0 : 8);
  }
  CHECK(sys::wait(pid).value().exit_code() == 0);
}

TEST_CASE("a limit below what is in use is refused where the caller asks for the check") {
  TestCgroup cgroup(memory_of(128 * kMiB));
  auto ready = sys::pipe();
  int out = ready.value().write_end.get();
  cgroup.start([out] { return take_memory(64 * kMiB) == 0 && ::write(out, "x", 1) == 1 ? pause() : 1; });
  char byte;
  REQUIRE(::read(ready.value().read_end.get(), &byte, 1) == 1);
  oci::Resources less = memory_of(16 * kMiB);
  less.memory->check_before_update = true;
  auto refused = cgroup.get().update(less);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == Kind::busy);
  less.memory->limit = less.memory->swap = 100 * kMiB;
  CHECK(cgroup.get().update(less).ok());
  CHECK(cgroup.get().memory().value().limit == 100 * kMiB);
}
