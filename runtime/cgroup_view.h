#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/cgroup_host.h"
#include "runtime/mount_plan.h"

namespace aictr::runtime {

// What a container finds at /sys/fs/cgroup: its own cgroup as if it were the whole. A bind mount of the directory shows
// the same as a mount of the hierarchy from inside the cgroup namespace would, but does not wait for an RCU grace
// period as the latter can (11 ms from the initial namespace), and cannot show more than it should without a namespace.
struct CgroupView {
  struct Hierarchy {
    std::string name;       // "memory"; empty: the only one, v2
    std::string directory;  // absolute on the host
  };
  std::vector<Hierarchy> hierarchies;
  std::vector<std::pair<std::string, std::string>> links;  // "cpu" to "cpu,cpuacct"
};

// Pure. `directories` are those of Cgroup::directories().
CgroupView plan_cgroup_view(const CgroupHost& host, std::span<const std::string> directories);

// `target` is an O_PATH descriptor of a directory in the container.
Result<void> mount_cgroup_view(int target, const MountOp& op, const CgroupView& view);

}  // namespace aictr::runtime
