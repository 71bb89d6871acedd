#pragma once

// What `events` prints of a container's use of resources: the JSON of runc, which containerd reads
// (runc/types/events.go). Times of CPUs are nanoseconds, of pressure microseconds, memory is bytes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aictr::oci {

// Pressure stall information (the kernel's psi.rst): the share of time, in per cent, that something waited.
struct PressureLine {
  double avg10 = 0;
  double avg60 = 0;
  double avg300 = 0;
  std::uint64_t total = 0;
};
struct Pressure {
  PressureLine some;
  PressureLine full;
};

struct CpuUsage {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> per_cpu;  // cgroup v1 only
  std::uint64_t kernel = 0;
  std::uint64_t user = 0;
};
struct CpuThrottling {
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  std::uint64_t throttled_time = 0;
};
struct CpuStats {
  CpuUsage usage;
  CpuThrottling throttling;
  std::optional<Pressure> pressure;
};

struct MemoryEntry {
  std::uint64_t limit = 0;  // UINT64_MAX: none
  std::uint64_t usage = 0;
  std::uint64_t max = 0;
  std::uint64_t failures = 0;
};
struct MemoryStats {
  std::uint64_t cache = 0;
  MemoryEntry usage;
  MemoryEntry swap;  // memory and swap together, as on cgroup v1
  MemoryEntry kernel;
  MemoryEntry kernel_tcp;
  std::map<std::string, std::uint64_t> raw;  // memory.stat
  std::optional<Pressure> pressure;
};

struct PidsStats {
  std::uint64_t current = 0;
  std::uint64_t limit = 0;  // 0: none
};

struct IoEntry {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::string operation;  // "Read"
  std::uint64_t value = 0;
};
struct IoStats {
  std::vector<IoEntry> bytes;
  std::vector<IoEntry> operations;
  std::optional<Pressure> pressure;
};

struct HugepageStats {
  std::uint64_t usage = 0;
  std::uint64_t max = 0;
  std::uint64_t failures = 0;
};

struct ContainerStats {
  CpuStats cpu;
  MemoryStats memory;
  PidsStats pids;
  IoStats io;
  std::map<std::string, HugepageStats> hugepages;  // "2MB"
};

// {"type":"stats","id":…,"data":…}, {"type":"oom","id":…}: one line each.
std::string print_stats_event(const std::string& id, const ContainerStats& stats);
std::string print_oom_event(const std::string& id);

}  // namespace aictr::oci
