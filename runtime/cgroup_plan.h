#pragma once

// From linux.resources (config-linux.md) to file writes, without touching the host. A setting is held in cgroup v2
// terms (the kernel's cgroup-v2.rst) with its cgroup v1 translation beside it. Devices are apart: device_rules.h.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/linux_spec.h"
#include "runtime/cgroup_host.h"

namespace aictr::runtime {

struct CgroupWrite {
  std::string file;   // "memory.max"
  std::string value;  // one line
};

// One limit. Of its writes every one is done whose file exists (io.weight and io.bfq.weight: each block device obeys
// the one that its scheduler knows); when none exists, or the list is empty, the limit cannot be honoured there.
struct CgroupSetting {
  std::string controller;  // v2's name: memory, cpu, cpuset, pids, io, hugetlb, rdma; or v1's where v2 has none
  std::string json_path;   // "/linux/resources/memory/limit"
  std::vector<CgroupWrite> v2;
  std::vector<CgroupWrite> v1;
};

// In the order in which they are to be written. A zero that stands for "not given" in the specification's types gives
// no setting. Kind::usage, with the JSON pointer, for values without a meaning.
Result<std::vector<CgroupSetting>> plan_cgroup(const oci::Resources& resources);

// Which setting goes to which hierarchy of this host.
struct CgroupPlacement {
  std::vector<CgroupSetting> v2;
  std::map<std::string, std::vector<CgroupSetting>> v1;  // by mount point
};

// Kind::unsupported names controller, file and mend of the first setting that has no place.
Result<CgroupPlacement> place_settings(std::vector<CgroupSetting> settings, const CgroupHost& host);

// The error for a setting none of whose files exists in its cgroup, and what to do about it.
Error missing_file(const CgroupSetting& setting, const std::vector<CgroupWrite>& writes);

// cpu.shares (2…262144) to cpu.weight (1…10000) on the curve through (2, 1), (1024, 100) and (262144, 10000) that runc
// 1.3 and crun 1.23 use, so that the default stays the default.
std::uint64_t weight_of_shares(std::uint64_t shares);

// blkio.weight (10…1000) to io.weight (1…10000), on a straight line.
std::uint64_t io_weight_of_blkio(std::uint64_t weight);

}  // namespace aictr::runtime
