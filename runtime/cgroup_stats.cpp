// What a cgroup tells about the use of resources: files of v2 (cgroup-v2.rst), or of v1 where a controller is there.

#include <fcntl.h>

#include <algorithm>
#include <limits>

#include "base/file.h"
#include "base/text.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_tree.h"

namespace aictr::runtime {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kUsec = 1000;                 // nanoseconds
constexpr std::uint64_t kTick = 1'000'000'000 / 100;  // of cpuacct.stat: USER_HZ is 100 everywhere but on alpha

std::string text_of(const std::string& file) {
  return read_file(AT_FDCWD, file).value_or("");
}

bool has(const std::string& file) {
  return read_file(AT_FDCWD, file).ok();
}

std::uint64_t counter(const std::string& file, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(counter_in(file, key), 0));
}

std::uint64_t number(const std::string& file, std::uint64_t otherwise = 0) {
  return parse_number<std::uint64_t>(trim(text_of(file))).value_or(otherwise);
}

std::map<std::string, std::uint64_t> counters(const std::string& file) {
  std::map<std::string, std::uint64_t> all;
  for (const std::string& line : split(text_of(file), '\n')) {
    std::vector<std::string> parts = words(line);
    if (parts.size() != 2) continue;
    if (auto value = parse_number<std::uint64_t>(parts[1])) all[parts[0]] = *value;
  }
  return all;
}

// "avg10=0.00" to 0.0.
double share_of(const std::string& word) {
  std::string_view text = std::string_view(word).substr(word.find('=') + 1);
  auto dot = text.find('.');
  if (dot == std::string_view::npos) return 0;
  auto whole = parse_number<unsigned>(text.substr(0, dot));
  auto hundredths = parse_number<unsigned>(text.substr(dot + 1));
  return whole && hundredths ? *whole + *hundredths / 100.0 : 0;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0"
std::optional<oci::Pressure> pressure_in(const std::string& file) {
  auto text = read_file(AT_FDCWD, file);
  if (!text.ok()) return std::nullopt;  // a kernel without it, or one where it is switched off
  oci::Pressure pressure;
  for (const std::string& line : split(text.value(), '\n')) {
    std::vector<std::string> parts = words(line);
    if (parts.size() != 5) continue;
    oci::PressureLine& into = parts[0] == "full" ? pressure.full : pressure.some;
    into = {share_of(parts[1]), share_of(parts[2]), share_of(parts[3]),
            parse_number<std::uint64_t>(std::string_view(parts[4]).substr(6)).value_or(0)};
  }
  return pressure;
}

// "254:0" of a line of io.stat or blkio.*.
std::optional<oci::IoEntry> device_of(const std::string& word) {
  auto colon = word.find(':');
  if (colon == std::string::npos) return std::nullopt;
  auto major = parse_number<std::uint64_t>(std::string_view(word).substr(0, colon));
  auto minor = parse_number<std::uint64_t>(std::string_view(word).substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  return oci::IoEntry{*major, *minor, "", 0};
}

// "254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6"
void add_io_line(const std::vector<std::string>& parts, oci::IoStats& io) {
  auto device = parts.empty() ? std::nullopt : device_of(parts[0]);
  if (!device) return;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::string_view word = parts[i];
    auto value = parse_number<std::uint64_t>(word.substr(word.find('=') + 1));
    if (!value) continue;
    std::string_view key = word.substr(0, word.find('='));
    oci::IoEntry entry = *device;
    entry.value = *value;
    entry.operation = key.starts_with('r') ? "Read" : key.starts_with('w') ? "Write" : "Discard";
    if (key.ends_with("bytes")) io.bytes.push_back(entry);
    if (key.ends_with("ios")) io.operations.push_back(entry);
  }
}

// "254:0 Read 1"
std::vector<oci::IoEntry> io_entries_v1(const std::string& file) {
  std::vector<oci::IoEntry> entries;
  for (const std::string& line : split(text_of(file), '\n')) {
    std::vector<std::string> parts = words(line);
    auto device = parts.size() == 3 ? device_of(parts[0]) : std::nullopt;
    if (!device) continue;
    device->operation = parts[1];
    device->value = parse_number<std::uint64_t>(parts[2]).value_or(0);
    entries.push_back(*device);
  }
  return entries;
}

void read_cpu_v2(const std::string& at, oci::CpuStats& cpu) {
  auto stat = counters(at + "/cpu.stat");
  cpu.usage.total = stat["usage_usec"] * kUsec;
  cpu.usage.user = stat["user_usec"] * kUsec;
  cpu.usage.kernel = stat["system_usec"] * kUsec;
  cpu.throttling = {stat["nr_periods"], stat["nr_throttled"], stat["throttled_usec"] * kUsec};
  cpu.pressure = pressure_in(at + "/cpu.pressure");
}

void read_memory_v2(const std::string& at, oci::MemoryStats& memory) {
  memory.pressure = pressure_in(at + "/memory.pressure");
  if (!has(at + "/memory.current")) return;
  memory.raw = counters(at + "/memory.stat");
  memory.cache = memory.raw["file"];
  memory.usage = {number(at + "/memory.max", kNoLimit), number(at + "/memory.current"), number(at + "/memory.peak"),
                  counter(at + "/memory.events", "max")};
  std::uint64_t swap_limit = number(at + "/memory.swap.max", kNoLimit);
  bool limited = swap_limit != kNoLimit && memory.usage.limit != kNoLimit;
  memory.swap.limit = limited ? swap_limit + memory.usage.limit : kNoLimit;
  memory.swap.usage = memory.usage.usage + number(at + "/memory.swap.current");
}

void read_io_v2(const std::string& at, oci::IoStats& io) {
  for (const std::string& line : split(text_of(at + "/io.stat"), '\n')) add_io_line(words(line), io);
  io.pressure = pressure_in(at + "/io.pressure");
}

void read_pids(const std::string& at, oci::PidsStats& pids) {
  if (!has(at + "/pids.current")) return;
  pids = {number(at + "/pids.current"), number(at + "/pids.max")};
}

void read_hugepages(const std::string& at, Version version, std::map<std::string, oci::HugepageStats>& all) {
  std::string_view suffix = version == Version::v2 ? ".current" : ".usage_in_bytes";
  for (const std::string& name : list_directory(AT_FDCWD, at).value_or({})) {
    std::vector<std::string> parts = split(name, '.');
    if (parts.size() != 3 || parts[0] != "hugetlb" || !name.ends_with(suffix)) continue;
    std::string stem = at + "/hugetlb." + parts[1];
    if (version == Version::v2)
      all[parts[1]] = {number(at + "/" + name), 0, counter(stem + ".events", "max")};
    else
      all[parts[1]] = {number(at + "/" + name), number(stem + ".max_usage_in_bytes"), number(stem + ".failcnt")};
  }
}

void read_usage_v1(const std::string& at, oci::CpuUsage& usage) {
  usage.total = number(at + "/cpuacct.usage");
  usage.user = counter(at + "/cpuacct.stat", "user") * kTick;
  usage.kernel = counter(at + "/cpuacct.stat", "system") * kTick;
  usage.per_cpu.clear();
  for (const std::string& word : words(trim(text_of(at + "/cpuacct.usage_percpu"))))
    usage.per_cpu.push_back(parse_number<std::uint64_t>(word).value_or(0));
}

void read_throttling_v1(const std::string& at, oci::CpuThrottling& throttling) {
  auto stat = counters(at + "/cpu.stat");
  throttling = {stat["nr_periods"], stat["nr_throttled"], stat["throttled_time"]};
}

oci::MemoryEntry memory_entry_v1(const std::string& stem) {
  return {number(stem + ".limit_in_bytes"), number(stem + ".usage_in_bytes"), number(stem + ".max_usage_in_bytes"),
          number(stem + ".failcnt")};
}

void read_memory_v1(const std::string& at, oci::MemoryStats& memory) {
  memory.raw = counters(at + "/memory.stat");
  memory.cache = memory.raw["cache"];
  memory.usage = memory_entry_v1(at + "/memory");
  memory.swap = memory_entry_v1(at + "/memory.memsw");
  memory.kernel = memory_entry_v1(at + "/memory.kmem");
  memory.kernel_tcp = memory_entry_v1(at + "/memory.kmem.tcp");
}

void read_io_v1(const std::string& at, oci::IoStats& io) {
  io.bytes = io_entries_v1(at + "/blkio.throttle.io_service_bytes_recursive");
  io.operations = io_entries_v1(at + "/blkio.throttle.io_serviced_recursive");
}

}  // namespace

oci::ContainerStats Cgroup::stats() const {
  oci::ContainerStats stats;
  if (!v2_.empty()) {
    read_cpu_v2(v2_, stats.cpu);
    read_memory_v2(v2_, stats.memory);
    read_io_v2(v2_, stats.io);
    read_pids(v2_, stats.pids);
    read_hugepages(v2_, Version::v2, stats.hugepages);
  }
  if (auto at = v1_directory("cpuacct"); !at.empty()) read_usage_v1(at, stats.cpu.usage);
  if (auto at = v1_directory("cpu"); !at.empty()) read_throttling_v1(at, stats.cpu.throttling);
  if (auto at = v1_directory("memory"); !at.empty()) read_memory_v1(at, stats.memory);
  if (auto at = v1_directory("blkio"); !at.empty()) read_io_v1(at, stats.io);
  if (auto at = v1_directory("pids"); !at.empty()) read_pids(at, stats.pids);
  if (auto at = v1_directory("hugetlb"); !at.empty()) read_hugepages(at, Version::v1, stats.hugepages);
  return stats;
}

}  // namespace aictr::runtime
