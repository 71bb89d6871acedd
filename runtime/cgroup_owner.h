#pragma once

// Whose a container's cgroup is ("Cgroup ownership" in config-linux.md of the runtime specification): a container that
// can write to its cgroup, and sees nothing above it, may manage cgroups below it as the user that it runs as.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/cgroup_host.h"
#include "runtime/mount_plan.h"
#include "runtime/namespaces.h"

namespace aictr::runtime {

// Pure. True with cgroup v2 alone, a cgroup namespace of its own, and its cgroup mounted writable.
bool owns_cgroup(const CgroupHost& host, const NamespacePlan& namespaces, const std::vector<MountOp>& mounts);

// Pure. The id outside for one inside, of the text of /proc/PID/uid_map; nothing for one that is not mapped.
std::optional<uid_t> id_outside(std::string_view uid_map, uid_t inside);

// Of a cgroup v2 directory: itself, and the files that the kernel lists as safe to give away
// (/sys/kernel/cgroup/delegate, Linux 4.15). Its limits stay the host's.
Result<void> give_cgroup(const std::string& directory, uid_t owner);

}  // namespace aictr::runtime
