#include "cli/container_usage.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

// Of two processes that are in one network namespace.
bool shares_our_network(pid_t pid) {
  auto theirs = sys::readlink(AT_FDCWD, fmt::format("/proc/{}/ns/net", pid));
  auto ours = sys::readlink(AT_FDCWD, "/proc/self/ns/net");
  return theirs.ok() && ours.ok() && theirs.value() == ours.value();
}

// Docker's: the cache that the kernel would give up first does not count.
std::uint64_t memory_in_use(const oci::MemoryStats& memory) {
  for (const char* key : {"total_inactive_file", "inactive_file"}) {  // v1, v2
    auto found = memory.raw.find(key);
    if (found != memory.raw.end()) return memory.usage.usage - std::min(memory.usage.usage, found->second);
  }
  return memory.usage.usage;
}

std::uint64_t bytes_of(const oci::IoStats& io, std::string_view operation) {
  std::uint64_t sum = 0;
  for (const oci::IoEntry& entry : io.bytes) sum += lower(entry.operation) == operation ? entry.value : 0;
  return sum;
}

}  // namespace

std::string memory_size(std::uint64_t bytes) {
  constexpr std::array kSuffixes = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kSuffixes.size(); ++unit) value /= 1024;
  return fmt::format("{:.4g}{}", value, kSuffixes[unit]);
}

NetworkCounters count_network(std::string_view net_dev) {
  // "  eth0: 1296 16 0 0 0 0 0 0 816 10 …": received bytes come first, sent bytes ninth (proc_pid_net(5)).
  constexpr std::size_t kReceived = 0;
  constexpr std::size_t kSent = 8;
  NetworkCounters sum;
  for (const std::string& line : split(net_dev, '\n')) {
    auto colon = line.rfind(':');  // a name may hold one, the numbers do not
    if (colon == std::string::npos || trim(std::string_view(line).substr(0, colon)) == "lo") continue;
    auto numbers = words(std::string_view(line).substr(colon + 1));
    if (numbers.size() <= kSent) continue;
    sum.received += parse_number<std::uint64_t>(numbers[kReceived]).value_or(0);
    sum.sent += parse_number<std::uint64_t>(numbers[kSent]).value_or(0);
  }
  return sum;
}

Result<UsageSample> sample_usage(const runtime::StateRoot& states, const std::string& id) {
  UsageSample sample;
  oci::State state = TRY(runtime::state(states, id));
  sample.stats = TRY(runtime::stats(states, id));
  sample.when = std::chrono::steady_clock::now();
  if (state.pid <= 0 || shares_our_network(state.pid)) return sample;
  auto text = read_file(AT_FDCWD, fmt::format("/proc/{}/net/dev", state.pid));
  if (text.ok()) sample.network = count_network(text.value());
  return sample;
}

Usage usage_between(const UsageSample& before, const UsageSample& after, std::uint64_t machine_memory) {
  Usage usage;
  auto passed = std::chrono::duration<double, std::nano>(after.when - before.when).count();
  std::uint64_t used_before = before.stats.cpu.usage.total;
  std::uint64_t used_after = after.stats.cpu.usage.total;
  if (passed > 0 && used_after > used_before) {
    usage.cpu_percent = 100 * static_cast<double>(used_after - used_before) / passed;
  }
  const oci::MemoryStats& memory = after.stats.memory;
  usage.memory = memory_in_use(memory);
  // A limit of 0 is that of a container whose cgroup counts no memory.
  usage.memory_max = memory.usage.limit == 0 ? machine_memory : std::min(memory.usage.limit, machine_memory);
  if (usage.memory_max > 0) {
    usage.memory_percent = 100 * static_cast<double>(usage.memory) / static_cast<double>(usage.memory_max);
  }
  usage.network = after.network;
  usage.bytes_read = bytes_of(after.stats.io, "read");
  usage.bytes_written = bytes_of(after.stats.io, "write");
  usage.processes = after.stats.pids.current;
  return usage;
}

}  // namespace aictr::cli
