#pragma once

// The device nodes of GPUs.

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/driver_capability.h"
#include "hooks/gpu_choice.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

struct DriverNode {
  std::string path;  // "/dev/nvidia0"
  unsigned major = 0;
  unsigned minor = 0;
  mode_t mode = 0666;
  uid_t uid = 0;
  gid_t gid = 0;
};

// The character devices of /proc/devices: major by name. Lines that make no sense are left out.
std::map<std::string, unsigned, std::less<>> parse_character_majors(std::string_view text);

// What a container needs to use `chosen`: the control node, one node a GPU, for computing the memory node, for MIG the
// two capability nodes, for graphics those of the display driver. A node that the host lacks is described from
// /proc/devices, so that it can be made. Kind::not_found when computing is wanted and the module for it is not loaded.
Result<std::vector<DriverNode>> find_nodes(const HostRoots& roots, const std::vector<ChosenGpu>& chosen,
                                           Capabilities wanted);

}  // namespace aictr::hooks
