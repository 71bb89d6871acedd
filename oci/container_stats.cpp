#include "oci/container_stats.h"

#include "oci/codec.h"

namespace aictr::oci {
namespace {

struct Event {
  std::string type;
  std::string id;
  std::optional<ContainerStats> data;
};

// What only a runtime with its own means for it fills in.
struct Empty {};

}  // namespace

template <class Codec>
void fields(Codec&, Is<Empty> auto&) {}

template <class Codec>
void fields(Codec& codec, Is<PressureLine> auto& line) {
  codec("avg10", line.avg10, required);
  codec("avg60", line.avg60, required);
  codec("avg300", line.avg300, required);
  codec("total", line.total, required);
}

template <class Codec>
void fields(Codec& codec, Is<Pressure> auto& pressure) {
  codec("some", pressure.some);
  codec("full", pressure.full);
}

template <class Codec>
void fields(Codec& codec, Is<CpuUsage> auto& usage) {
  codec("total", usage.total);
  codec("percpu", usage.per_cpu);
  codec("kernel", usage.kernel, required);
  codec("user", usage.user, required);
}

template <class Codec>
void fields(Codec& codec, Is<CpuThrottling> auto& throttling) {
  codec("periods", throttling.periods);
  codec("throttledPeriods", throttling.throttled_periods);
  codec("throttledTime", throttling.throttled_time);
}

template <class Codec>
void fields(Codec& codec, Is<CpuStats> auto& cpu) {
  codec("usage", cpu.usage);
  codec("throttling", cpu.throttling);
  codec("psi", cpu.pressure);
}

template <class Codec>
void fields(Codec& codec, Is<MemoryEntry> auto& entry) {
  codec("limit", entry.limit, required);
  codec("usage", entry.usage);
  codec("max", entry.max);
  codec("failcnt", entry.failures, required);
}

template <class Codec>
void fields(Codec& codec, Is<MemoryStats> auto& memory) {
  codec("cache", memory.cache);
  codec("usage", memory.usage);
  codec("swap", memory.swap);
  codec("kernel", memory.kernel);
  codec("kernelTCP", memory.kernel_tcp);
  codec("raw", memory.raw);
  codec("psi", memory.pressure);
}

template <class Codec>
void fields(Codec& codec, Is<PidsStats> auto& pids) {
  codec("current", pids.current);
  codec("limit", pids.limit);
}

template <class Codec>
void fields(Codec& codec, Is<IoEntry> auto& entry) {
  codec("major", entry.major);
  codec("minor", entry.minor);
  codec("op", entry.operation);
  codec("value", entry.value);
}

template <class Codec>
void fields(Codec& codec, Is<IoStats> auto& io) {
  codec("ioServiceBytesRecursive", io.bytes);
  codec("ioServicedRecursive", io.operations);
  codec("psi", io.pressure);
}

template <class Codec>
void fields(Codec& codec, Is<HugepageStats> auto& pages) {
  codec("usage", pages.usage);
  codec("max", pages.max);
  codec("failcnt", pages.failures, required);
}

template <class Codec>
void fields(Codec& codec, Is<ContainerStats> auto& stats) {
  Empty none;
  codec("cpu", stats.cpu);
  codec("cpuset", none);
  codec("memory", stats.memory);
  codec("pids", stats.pids);
  codec("blkio", stats.io);
  codec("hugetlb", stats.hugepages, required);
  codec("intel_rdt", none);
  codec("network_interfaces", Json(), required);
}

template <class Codec>
void fields(Codec& codec, Is<Event> auto& event) {
  codec("type", event.type, required);
  codec("id", event.id, required);
  codec("data", event.data);
}

std::string print_stats_event(const std::string& id, const ContainerStats& stats) {
  return print_json(Encoder::encode(Event{"stats", id, stats})) + "\n";
}

std::string print_oom_event(const std::string& id) {
  return print_json(Encoder::encode(Event{"oom", id, std::nullopt})) + "\n";
}

}  // namespace aictr::oci
