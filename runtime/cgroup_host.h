#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::runtime {

// Where the host keeps its cgroup controllers: pure v2, pure v1, or a mixture.
struct CgroupHost {
  std::string v2_mount;                          // "/sys/fs/cgroup" or "/sys/fs/cgroup/unified"; empty: none
  std::vector<std::string> v2_controllers;       // cgroup.controllers of the v2 root
  std::map<std::string, std::string> v1_mounts;  // "memory" → "/sys/fs/cgroup/memory"

  static Result<CgroupHost> detect();
  // Pure: from the texts of /proc/self/mountinfo and of the v2 root's cgroup.controllers.
  static CgroupHost parse(std::string_view mountinfo, std::string_view controllers);
};

}  // namespace aictr::runtime
