#include "runtime/cgroup_plan.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

constexpr std::string_view kRoot = "/linux/resources";

std::string v1_name(const std::string& controller) {
  return controller == "io" ? "blkio" : controller;
}

// v2 says "max" where v1 says -1.
std::string limit_v2(std::int64_t limit) {
  return limit < 0 ? "max" : std::to_string(limit);
}

class Planner {
 public:
  Result<std::vector<CgroupSetting>> plan(const oci::Resources& resources) {
    if (resources.memory) TRY(add_memory(*resources.memory));
    if (resources.cpu) TRY(add_cpu(*resources.cpu));
    if (resources.pids) add_pids(*resources.pids);
    if (resources.block_io) TRY(add_block_io(*resources.block_io));
    for (std::size_t i = 0; i < resources.hugepage_limits.size(); ++i)
      TRY(add_hugepages(resources.hugepage_limits[i], i));
    if (resources.network) TRY(add_network(*resources.network));
    for (const auto& [device, limit] : resources.rdma) TRY(add_rdma(device, limit));
    for (const auto& [key, value] : resources.unified) TRY(add_unified(key, value));
    return std::move(settings_);
  }

 private:
  using Writes = std::vector<CgroupWrite>;

  void add(std::string controller, std::string_view member, Writes v2, Writes v1) {
    settings_.push_back({std::move(controller), fmt::format("{}/{}", kRoot, member), std::move(v2), std::move(v1)});
  }

  static Error usage(std::string_view member, std::string_view reason) {
    return make_error(Kind::usage, fmt::format("{}/{} {}", kRoot, member, reason));
  }

  static Result<void> check_bytes(std::string_view member, const std::optional<std::int64_t>& bytes) {
    if (bytes && *bytes < -1) return usage(member, fmt::format("is {}: must be -1 (no limit) or more", *bytes));
    return {};
  }

  // A zero is "not given" in the types that callers fill in.
  template <class T>
  static bool given(const std::optional<T>& value) {
    return value && *value != 0;
  }

  Result<void> add_memory(const oci::MemoryLimits& memory) {
    TRY(check_bytes("memory/limit", memory.limit));
    TRY(check_bytes("memory/reservation", memory.reservation));
    TRY(check_bytes("memory/swap", memory.swap));
    if (given(memory.limit))
      add("memory", "memory/limit", {{"memory.max", limit_v2(*memory.limit)}},
          {{"memory.limit_in_bytes", std::to_string(*memory.limit)}});
    if (given(memory.reservation))
      add("memory", "memory/reservation", {{"memory.low", limit_v2(*memory.reservation)}},
          {{"memory.soft_limit_in_bytes", std::to_string(*memory.reservation)}});
    TRY(add_swap(memory));
    if (memory.swappiness)
      add("memory", "memory/swappiness", {}, {{"memory.swappiness", std::to_string(*memory.swappiness)}});
    if (memory.disable_oom_killer.value_or(false))
      add("memory", "memory/disableOOMKiller", {}, {{"memory.oom_control", "1"}});
    if (given(memory.kernel))
      add("memory", "memory/kernel", {}, {{"memory.kmem.limit_in_bytes", std::to_string(*memory.kernel)}});
    if (given(memory.kernel_tcp))
      add("memory", "memory/kernelTCP", {}, {{"memory.kmem.tcp.limit_in_bytes", std::to_string(*memory.kernel_tcp)}});
    return {};
  }

  // The specification's number is memory and swap together, as v1 counts; v2 counts swap alone.
  Result<void> add_swap(const oci::MemoryLimits& memory) {
    std::int64_t limit = memory.limit.value_or(0);
    bool follows_limit = limit == -1 && !given(memory.swap);
    if (!given(memory.swap) && !follows_limit) return {};
    std::int64_t together = follows_limit ? -1 : *memory.swap;
    if (together > 0 && limit <= 0) return usage("memory/swap", "needs memory/limit: it is the sum of memory and swap");
    if (together > 0 && together < limit)
      return usage("memory/swap",
                   fmt::format("is {}, below memory/limit {}: it is the sum of memory and swap", together, limit));
    add("memory", "memory/swap", {{"memory.swap.max", together < 0 ? "max" : std::to_string(together - limit)}},
        {{"memory.memsw.limit_in_bytes", std::to_string(together)}});
    return {};
  }

  Result<void> add_cpu(const oci::CpuLimits& cpu) {
    if (given(cpu.shares))
      add("cpu", "cpu/shares", {{"cpu.weight", std::to_string(weight_of_shares(*cpu.shares))}},
          {{"cpu.shares", std::to_string(*cpu.shares)}});
    add_bandwidth(cpu);
    if (cpu.burst)  // 0 takes one back
      add("cpu", "cpu/burst", {{"cpu.max.burst", std::to_string(*cpu.burst)}},
          {{"cpu.cfs_burst_us", std::to_string(*cpu.burst)}});
    if (given(cpu.realtime_period))
      add("cpu", "cpu/realtimePeriod", {}, {{"cpu.rt_period_us", std::to_string(*cpu.realtime_period)}});
    if (given(cpu.realtime_runtime))
      add("cpu", "cpu/realtimeRuntime", {}, {{"cpu.rt_runtime_us", std::to_string(*cpu.realtime_runtime)}});
    if (cpu.idle)
      add("cpu", "cpu/idle", {{"cpu.idle", std::to_string(*cpu.idle)}}, {{"cpu.idle", std::to_string(*cpu.idle)}});
    add_cpuset("cpus", cpu.cpus);
    add_cpuset("mems", cpu.mems);
    return {};
  }

  // One file with "quota period" on v2, two files on v1.
  void add_bandwidth(const oci::CpuLimits& cpu) {
    bool quota = given(cpu.quota);
    if (!quota && !given(cpu.period)) return;
    std::string v2 = quota ? limit_v2(*cpu.quota) : "max";
    Writes v1;
    if (given(cpu.period)) {
      v2 += fmt::format(" {}", *cpu.period);
      v1.push_back({"cpu.cfs_period_us", std::to_string(*cpu.period)});
    }
    if (quota) v1.push_back({"cpu.cfs_quota_us", std::to_string(std::max<std::int64_t>(*cpu.quota, -1))});
    add("cpu", quota ? "cpu/quota" : "cpu/period", {{"cpu.max", v2}}, std::move(v1));
  }

  void add_cpuset(std::string_view what, const std::string& list) {
    if (list.empty()) return;
    CgroupWrite write{fmt::format("cpuset.{}", what), list};
    add("cpuset", fmt::format("cpu/{}", what), {write}, {write});
  }

  void add_pids(const oci::PidsLimit& pids) {
    if (!pids.limit) return;
    // No more than the first one: with a real 0 the kernel would not let that in either.
    CgroupWrite write{"pids.max", limit_v2(*pids.limit == 0 ? 1 : *pids.limit)};
    add("pids", "pids/limit", {write}, {write});
  }

  Result<void> add_block_io(const oci::BlockIoLimits& io) {
    if (given(io.weight)) TRY(add_io_weight("blockIO/weight", "", *io.weight));
    if (given(io.leaf_weight))
      add("io", "blockIO/leafWeight", {}, {{"blkio.leaf_weight", std::to_string(*io.leaf_weight)}});
    for (std::size_t i = 0; i < io.weight_device.size(); ++i) {
      const oci::WeightDevice& device = io.weight_device[i];
      std::string member = fmt::format("blockIO/weightDevice/{}", i);
      std::string name = fmt::format("{}:{}", device.major, device.minor);
      if (given(device.weight)) TRY(add_io_weight(member, name, *device.weight));
      if (given(device.leaf_weight))
        add("io", member, {}, {{"blkio.leaf_weight_device", fmt::format("{} {}", name, *device.leaf_weight)}});
    }
    add_throttle("throttleReadBpsDevice", "rbps", "read_bps", io.throttle_read_bps_device);
    add_throttle("throttleWriteBpsDevice", "wbps", "write_bps", io.throttle_write_bps_device);
    add_throttle("throttleReadIOPSDevice", "riops", "read_iops", io.throttle_read_iops_device);
    add_throttle("throttleWriteIOPSDevice", "wiops", "write_iops", io.throttle_write_iops_device);
    return {};
  }

  // `device` is "8:0", or empty for the default of all devices.
  Result<void> add_io_weight(const std::string& member, const std::string& device, std::uint16_t weight) {
    if (weight < 10 || weight > 1000) return usage(member, fmt::format("is {}: must be from 10 to 1000", weight));
    std::string key = device.empty() ? "" : device + " ";
    std::string suffix = device.empty() ? "" : "_device";
    std::string v2_key = device.empty() ? "default " : key;
    add("io", member,
        {{"io.bfq.weight", fmt::format("{}{}", v2_key, weight)},
         {"io.weight", fmt::format("{}{}", v2_key, io_weight_of_blkio(weight))}},
        {{"blkio.bfq.weight" + suffix, fmt::format("{}{}", key, weight)},
         {"blkio.weight" + suffix, fmt::format("{}{}", key, weight)}});
    return {};
  }

  void add_throttle(std::string_view member, std::string_view v2_key, std::string_view v1_file,
                    const std::vector<oci::ThrottleDevice>& devices) {
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const oci::ThrottleDevice& device = devices[i];
      std::string name = fmt::format("{}:{}", device.major, device.minor);
      std::string v2_rate = device.rate == 0 ? "max" : std::to_string(device.rate);  // v1's 0 lifts the limit
      add("io", fmt::format("blockIO/{}/{}", member, i), {{"io.max", fmt::format("{} {}={}", name, v2_key, v2_rate)}},
          {{fmt::format("blkio.throttle.{}_device", v1_file), fmt::format("{} {}", name, device.rate)}});
    }
  }

  // Reservations are limited where the kernel counts them (Linux 5.7), so that a program is told at mmap(2) instead of
  // being killed by SIGBUS; the pages themselves are limited everywhere.
  Result<void> add_hugepages(const oci::HugepageLimit& pages, std::size_t index) {
    const std::string& size = pages.page_size;
    bool has_unit = size.size() > 2 && (size.ends_with("KB") || size.ends_with("MB") || size.ends_with("GB"));
    if (!has_unit || !parse_number<std::uint64_t>(std::string_view(size).substr(0, size.size() - 2)))
      return usage(fmt::format("hugepageLimits/{}/pageSize", index),
                   fmt::format("'{}' is not a size such as 2MB or 1GB", size));
    std::string value = std::to_string(pages.limit);
    add("hugetlb", fmt::format("hugepageLimits/{}", index),
        {{fmt::format("hugetlb.{}.rsvd.max", size), value}, {fmt::format("hugetlb.{}.max", size), value}},
        {{fmt::format("hugetlb.{}.rsvd.limit_in_bytes", size), value},
         {fmt::format("hugetlb.{}.limit_in_bytes", size), value}});
    return {};
  }

  Result<void> add_network(const oci::NetworkLimits& network) {
    if (network.class_id)
      add("net_cls", "network/classID", {}, {{"net_cls.classid", std::to_string(*network.class_id)}});
    for (std::size_t i = 0; i < network.priorities.size(); ++i) {
      const oci::InterfacePriority& priority = network.priorities[i];
      std::string member = fmt::format("network/priorities/{}", i);
      if (words(priority.name).size() != 1) return usage(member, fmt::format("'{}' is no interface", priority.name));
      add("net_prio", member, {}, {{"net_prio.ifpriomap", fmt::format("{} {}", priority.name, priority.priority)}});
    }
    return {};
  }

  Result<void> add_rdma(const std::string& device, const oci::RdmaLimit& limit) {
    std::string member = "rdma/" + device;
    if (words(device).size() != 1) return usage(member, fmt::format("'{}' is no device", device));
    std::string value = device;
    if (limit.hca_handles) value += fmt::format(" hca_handle={}", *limit.hca_handles);
    if (limit.hca_objects) value += fmt::format(" hca_object={}", *limit.hca_objects);
    if (value == device) return {};
    CgroupWrite write{"rdma.max", value};
    add("rdma", member, {write}, {write});
    return {};
  }

  Result<void> add_unified(const std::string& key, const std::string& value) {
    std::string member = "unified/" + key;
    auto dot = key.find('.');
    bool plain = dot != std::string::npos && dot > 0 && key.find('/') == std::string::npos && !key.starts_with('.');
    if (!plain || key.find("..") != std::string::npos)
      return usage(member, "must be the name of a cgroup v2 file, such as memory.high");
    for (std::string_view forbidden : {"cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze"}) {
      if (key == forbidden) return usage(member, "acts on processes and is no limit");
    }
    for (const std::string& line : split(value, '\n')) {
      if (!line.empty()) add(key.substr(0, dot), member, {{key, line}}, {});
    }
    return {};
  }

  std::vector<CgroupSetting> settings_;
};

constexpr std::string_view kToV2 =
    "boot with cgroup_no_v1=all on the kernel's command line (with systemd: systemd.unified_cgroup_hierarchy=1)";

Error no_place(const CgroupSetting& setting, std::string_view reason, std::string hint) {
  const std::vector<CgroupWrite>& writes = setting.v2.empty() ? setting.v1 : setting.v2;
  return make_error(Kind::unsupported,
                    fmt::format("cannot set {} ({}): {}", writes.front().file, setting.json_path, reason),
                    std::move(hint));
}

Error no_controller(const CgroupSetting& setting, const CgroupHost& host) {
  std::string reason = fmt::format("this host has no {} controller", setting.controller);
  if (host.v2_mount.empty() && host.v1_mounts.empty())
    return no_place(setting, "no cgroup file system is mounted", "mount -t cgroup2 none /sys/fs/cgroup");
  if (setting.controller == "memory")
    return no_place(setting, reason, "boot with cgroup_enable=memory on the kernel's command line");
  return no_place(setting, reason,
                  fmt::format("cgroup.controllers in '{}' does not list it: the kernel lacks it, or whoever delegated "
                              "that cgroup must enable it in the cgroup.subtree_control above",
                              host.v2_mount));
}

}  // namespace

Result<std::vector<CgroupSetting>> plan_cgroup(const oci::Resources& resources) {
  return Planner().plan(resources);
}

Result<CgroupPlacement> place_settings(std::vector<CgroupSetting> settings, const CgroupHost& host) {
  CgroupPlacement placement;
  for (CgroupSetting& setting : settings) {
    auto v1 = host.v1_mounts.find(v1_name(setting.controller));
    // The files of the core ("cgroup.max.depth") are in every v2 cgroup.
    if (host.on_v2(setting.controller) || (setting.controller == "cgroup" && !host.v2_mount.empty())) {
      if (setting.v2.empty()) return no_place(setting, "cgroup v2 has no such limit", "leave it out on this host");
      placement.v2.push_back(std::move(setting));
    } else if (v1 != host.v1_mounts.end()) {
      if (setting.v1.empty())
        return no_place(setting, fmt::format("the {} controller is on cgroup v1 here", setting.controller),
                        std::string(kToV2));
      placement.v1[v1->second].push_back(std::move(setting));
    } else {
      return no_controller(setting, host);
    }
  }
  return placement;
}

Error missing_file(const CgroupSetting& setting, const std::vector<CgroupWrite>& writes) {
  std::string files;
  for (const CgroupWrite& write : writes) files += (files.empty() ? "" : " or ") + write.file;
  std::string hint = "this kernel is too old for it or was built without it";
  if (files.find("weight") != std::string::npos && setting.controller == "io")
    hint =
        "choose the bfq scheduler for the disk (modprobe bfq; echo bfq > /sys/block/DISK/queue/scheduler), or a "
        "kernel with CONFIG_BLK_CGROUP_IOCOST";
  if (files.find("swap") != std::string::npos || files.find("memsw") != std::string::npos)
    hint = "boot with swapaccount=1 on the kernel's command line";
  if (setting.controller == "hugetlb") hint = "the page sizes of this host are in /sys/kernel/mm/hugepages";
  return make_error(Kind::unsupported,
                    fmt::format("cannot set {} ({}): the {} controller has no such file here", files, setting.json_path,
                                setting.controller),
                    std::move(hint));
}

std::uint64_t weight_of_shares(std::uint64_t shares) {
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  double l = std::log2(static_cast<double>(shares));
  double exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
  return static_cast<std::uint64_t>(std::ceil(std::pow(10, exponent)));
}

std::uint64_t io_weight_of_blkio(std::uint64_t weight) {
  return 1 + (weight - 10) * 9999 / 990;
}

}  // namespace aictr::runtime
