#pragma once

// What a container uses, as `stats` shows it. A sample is what the counters say at one time; rates come from two.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "oci/container_stats.h"
#include "runtime/container.h"

namespace aictr::cli {

// Bytes over all interfaces but the loopback.
struct NetworkCounters {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
};

struct UsageSample {
  std::chrono::steady_clock::time_point when;
  oci::ContainerStats stats;
  NetworkCounters network;  // zero in the host's network, whose traffic is not the container's
};

struct Usage {
  double cpu_percent = 0;        // 100: one processor, all the time
  std::uint64_t memory = 0;      // bytes, without the cache of files that nobody has asked for lately
  std::uint64_t memory_max = 0;  // bytes: its limit, or what the machine has
  double memory_percent = 0;
  NetworkCounters network;
  std::uint64_t bytes_read = 0;  // from block devices
  std::uint64_t bytes_written = 0;
  std::uint64_t processes = 0;
};

// Kind::busy or Kind::not_found for a container that does not run.
Result<UsageSample> sample_usage(const runtime::StateRoot& states, const std::string& id);

// `machine_memory`: bytes. Pure.
Usage usage_between(const UsageSample& before, const UsageSample& after, std::uint64_t machine_memory);

// "1.953MiB": powers of 1024, four significant digits, as Docker shows memory. Pure.
std::string memory_size(std::uint64_t bytes);

// The text of /proc/PID/net/dev. Pure.
NetworkCounters count_network(std::string_view net_dev);

}  // namespace aictr::cli
