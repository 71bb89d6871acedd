#pragma once

// What containers are given for GPUs of the NVIDIA driver: computed at every run, from the driver as it is, so that
// nothing can be out of date after an update (decision 10 of the design). A plan: nothing is opened for mounting yet.

#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/driver_capability.h"
#include "hooks/gpu_choice.h"
#include "hooks/ld_cache.h"
#include "hooks/nvidia_driver.h"
#include "oci/container_edits.h"

namespace aictr::hooks {

// Where a container sees the driver's libraries: a place that no ld.so.conf names, so that an ldconfig in the container
// writes nothing of them into a layer.
inline constexpr const char* kLibraryDirectory = "/usr/lib/aictr/nvidia";
inline constexpr const char* kLibraryDirectory32 = "/usr/lib/aictr/nvidia32";

struct DriverMount {
  std::string source;       // a file below the driver root
  std::string destination;  // in the container
  DriverFile::Use use = DriverFile::Use::program;
};

struct DriverLink {
  std::string path;  // in the container
  std::string target;
};

struct NvidiaEdits {
  oci::ContainerEdits edits;  // device nodes, groups, variables
  std::vector<DriverMount> mounts;
  std::vector<DriverLink> links;     // SONAMEs and the like
  std::vector<CachedLibrary> cache;  // what the library cache is to have
};

// `chosen` may be empty: then the container gets libraries and the control node, as NVIDIA_VISIBLE_DEVICES=none does.
Result<NvidiaEdits> plan_nvidia_edits(const NvidiaDriver& driver, const std::vector<ChosenGpu>& chosen,
                                      Capabilities wanted);

}  // namespace aictr::hooks
