#pragma once

// The whole of an NVIDIA driver as it is on this machine at this moment.

#include <vector>

#include "base/result.h"
#include "hooks/dotted_version.h"
#include "hooks/host_roots.h"
#include "hooks/nvidia_files.h"
#include "hooks/nvidia_gpus.h"
#include "hooks/nvidia_libraries.h"

namespace aictr::hooks {

struct NvidiaDriver {
  HostRoots roots;
  DottedVersion version;  // of the loaded module, and of the libraries
  std::vector<Gpu> gpus;  // by index
  std::vector<DriverLibrary> libraries;
  std::vector<DriverFile> files;
};

// Kind::not_found without a driver (its module is not loaded, or its libraries are nowhere or of another version),
// Kind::unsupported on a machine whose GPUs are not this driver's.
Result<NvidiaDriver> find_driver(const HostPaths& paths);

}  // namespace aictr::hooks
