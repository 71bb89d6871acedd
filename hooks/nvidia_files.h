#pragma once

// What of a driver is neither a library nor a device: programs, settings, firmware, sockets.

#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/dotted_version.h"
#include "hooks/driver_capability.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

struct DriverFile {
  enum class Use {
    program,   // executable, read-only
    settings,  // a small text file or table, read-only
    firmware,
    socket,  // of a daemon of the host: not read-only
  };
  std::string path;       // below the driver root
  std::string container;  // where a container sees it
  Use use = Use::program;
  Capability needed_for = Capability::utility;
};

// Those that exist. `version`: of the driver, for the firmware.
std::vector<DriverFile> find_driver_files(const HostRoots& roots, const DottedVersion& version);

}  // namespace aictr::hooks
