// What is done to a cgroup that has processes in it, and what it tells about them.

#include <fcntl.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_tree.h"

namespace aictr::runtime {
namespace {

using namespace std::chrono_literals;

// A cgroup v1 limit that is not set reads as the largest number of whole pages.
constexpr std::int64_t kUnlimitedV1 = 0x7ffffffffffff000;

// Polls, because v1 has no event to wait for; it takes as long as the longest system call that is under way.
template <class Done>
Result<void> wait_until(Done done, const std::string& what) {
  auto deadline = std::chrono::steady_clock::now() + 2s;
  for (auto pause = 100us; !done(); pause = std::min<std::chrono::microseconds>(pause * 2, 10ms)) {
    if (std::chrono::steady_clock::now() > deadline)
      return make_error(Kind::busy, fmt::format("{}: not done after 2 seconds", what));
    std::this_thread::sleep_for(pause);
  }
  return {};
}

Result<void> freeze_v2(const std::string& directory, bool frozen) {
  TRY(write_existing(AT_FDCWD, directory + "/cgroup.freeze", frozen ? "1" : "0"));
  auto settled = [&] { return counter_in(directory + "/cgroup.events", "frozen") == (frozen ? 1 : 0); };
  return wait_until(settled, fmt::format("{} '{}'", frozen ? "freeze" : "thaw", directory));
}

Result<void> freeze_v1(const std::string& directory, bool frozen) {
  std::string state = frozen ? "FROZEN" : "THAWED";
  // Written again and again: a process that forks meanwhile can keep the cgroup at FREEZING (freezer-subsystem.rst).
  auto settled = [&] {
    ignore(write_existing(AT_FDCWD, directory + "/freezer.state", state));
    return trim(read_file(AT_FDCWD, directory + "/freezer.state").value_or("")) == state;
  };
  return wait_until(settled, fmt::format("{} '{}'", frozen ? "freeze" : "thaw", directory));
}

Result<void> kill_by_pid(const std::string& directory) {
  // What was forked meanwhile is found in the next round.
  auto emptied = [&] {
    ignore(signal_processes_in(directory, SIGKILL));
    auto left = processes_in(directory);
    return !left.ok() || left.value().empty();  // not ok: the cgroup is gone
  };
  return wait_until(emptied, fmt::format("kill what runs in '{}'", directory));
}

MemoryReport memory_v2(const std::string& directory) {
  MemoryReport report;
  report.limit = number_in(directory + "/memory.max");
  report.peak = number_in(directory + "/memory.peak");
  report.oom_kills = std::max<std::int64_t>(counter_in(directory + "/memory.events", "oom_kill"), 0);
  return report;
}

MemoryReport memory_v1(const std::string& directory) {
  MemoryReport report;
  report.limit = number_in(directory + "/memory.limit_in_bytes");
  if (report.limit >= kUnlimitedV1) report.limit = -1;
  report.peak = number_in(directory + "/memory.max_usage_in_bytes");
  report.oom_kills = std::max<std::int64_t>(counter_in(directory + "/memory.oom_control", "oom_kill"), 0);
  return report;
}

}  // namespace

Result<void> Cgroup::freeze(bool frozen) const {
  if (!v2_.empty()) return freeze_v2(v2_, frozen);
  std::string freezer = v1_directory("freezer");
  if (freezer.empty())
    return make_error(Kind::unsupported,
                      "cannot pause the container: it has neither a v2 cgroup nor one of the freezer "
                      "controller",
                      "mount -t cgroup2 none /sys/fs/cgroup");
  return freeze_v1(freezer, frozen);
}

Result<void> Cgroup::kill_all() const {
  if (!v2_.empty()) {
    auto killed = write_existing(AT_FDCWD, v2_ + "/cgroup.kill", "1");
    if (killed.ok() || killed.error().code != ENOENT) return killed;
  }
  std::vector<std::string> all = directories();
  if (all.empty()) return {};
  return kill_by_pid(all.front());
}

Result<void> Cgroup::signal_all(int signal) const {
  if (signal == SIGKILL) return kill_all();
  std::vector<std::string> all = directories();
  if (all.empty()) return {};
  return signal_processes_in(all.front(), signal);
}

Result<std::vector<pid_t>> Cgroup::processes() const {
  std::vector<std::string> all = directories();
  if (all.empty()) return std::vector<pid_t>();
  return processes_in(all.front());
}

Result<MemoryReport> Cgroup::memory() const {
  std::string v1 = v1_directory("memory");
  if (!v1.empty()) return memory_v1(v1);
  if (!v2_.empty()) return memory_v2(v2_);
  return MemoryReport();
}

}  // namespace aictr::runtime
