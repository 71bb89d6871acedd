#pragma once

// Device nodes of a container's /dev.

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/linux_spec.h"

namespace aictr::runtime {

struct DeviceNode {
  std::string path;  // absolute in the container
  mode_t mode = 0;   // S_IFCHR, S_IFBLK or S_IFIFO, and the permissions
  dev_t device = 0;  // 0 for a pipe
  uid_t uid = 0;
  gid_t gid = 0;
};

// Pure: the nodes that every container has (config-linux.md, "Default Devices") and those of linux.devices, which win
// over a default of the same path. Kind::usage names the JSON pointer.
Result<std::vector<DeviceNode>> plan_devices(const std::vector<oci::Device>& devices);

// Where a process may not make device nodes, because it is in a user namespace, the host's are bind-mounted.
enum class DeviceSource { make, bind_from_host };
Result<void> make_devices(int root, const std::vector<DeviceNode>& nodes, DeviceSource source);

// /dev/fd, /dev/stdin, …, /dev/ptmx and /dev/core. For a /dev that is the container's own, not one of the host's.
Result<void> make_device_links(int root);

// The host's /dev/null, which is what it is called: a character device 1:3.
Result<UniqueFd> open_null_device();

}  // namespace aictr::runtime
