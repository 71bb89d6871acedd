#pragma once

// A cgroup of a test's own with processes in it, and the work that they do there.

#include <sys/types.h>

#include <functional>
#include <string>

#include "runtime/cgroup.h"

namespace aictr::test {

inline constexpr std::size_t kMiB = 1 << 20;

runtime::CgroupHost cgroup_host();

// False, with a word why, where the test cannot run. An empty name needs no controller.
bool can_limit(const std::string& controller);

// Removed with all that runs in it at the end of the case. `name` tells several of one case apart.
class TestCgroup {
 public:
  explicit TestCgroup(const oci::Resources& resources, const std::string& name = "",
                      const runtime::CgroupHost& host = cgroup_host());
  TestCgroup(const TestCgroup&) = delete;
  TestCgroup& operator=(const TestCgroup&) = delete;
  ~TestCgroup();
  runtime::Cgroup& get() { return cgroup_.value(); }

  // A child of this process, born inside, that ends with what `body` returns.
  pid_t start(const std::function<int()>& body);
  int run(const std::function<int()>& body);  // its exit code, 128+n when signal n ended it

  static std::string path(const std::string& name = "");

 private:
  Result<runtime::Cgroup> cgroup_;
};

oci::Resources memory_of(std::int64_t bytes);  // and no swap

// 0 when it could write to that much memory.
int take_memory(std::size_t bytes);

// How many of 64 children could be started at the same time.
int count_forks();

// The processor time that a loop without end gets in half a second of wall time, in milliseconds.
int busy_milliseconds();

}  // namespace aictr::test
