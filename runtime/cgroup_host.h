#pragma once

#include <map>
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

  // Pure: from the text of /proc/self/mountinfo (proc_pid_mountinfo(5)), without the controllers of v2. Of two mounts
  // of a hierarchy a writable one wins, then the first. Named hierarchies ("name=systemd") hold no controller and are
  // left out.
  static CgroupHost parse(std::string_view mountinfo);

  bool on_v2(std::string_view controller) const;
};

}  // namespace aictr::runtime
