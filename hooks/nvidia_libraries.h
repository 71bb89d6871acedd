#pragma once

// The libraries of the driver, found without the host's ldconfig and without NVML.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/dotted_version.h"
#include "hooks/driver_capability.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

struct DriverLibrary {
  std::string name;          // of the file: "libcuda.so.580.95.05"
  std::string directory;     // below the driver root: "/usr/lib64"
  std::string subdirectory;  // of it: "", or "vdpau"
  bool is_32bit = false;
  Capability needed_for = Capability::compute;

  std::string path() const;  // below the driver root
};

// Which capability a library serves, by its name up to ".so". One that nobody knows is new, and serves computing.
Capability capability_of_library(std::string_view stem);

// Whether a container with these capabilities gets the library: video needs what compute needs, and so do others.
bool is_wanted(const DriverLibrary& library, Capabilities wanted);

// All libraries of exactly this version, wherever the driver root has them: the usual directories, /usr/local/nvidia,
// and those that its ld.so.cache names. Kind::not_found when there are none; when there are others, the error says
// both versions, since nothing works until they agree.
Result<std::vector<DriverLibrary>> find_libraries(const HostRoots& roots, const DottedVersion& version);

}  // namespace aictr::hooks
