#pragma once

// What NVML alone knows, as libexec's aictr-nvml prints it: it loads the driver's library in a process of its own,
// which can be killed when a sick GPU lets it hang. One line a fact, fields with a tab between them:
//
//   gpu  MINOR  MEMORY-BYTES  COMPUTE-PROCESSES  UUID
//   mig  MINOR  GPU-INSTANCE  COMPUTE-INSTANCE  UUID  NAME
//   cuda VERSION               (of the driver, "13.0")
//   arch MINOR  VERSION        (compute capability, "9.0")

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/dotted_version.h"
#include "hooks/nvidia_gpus.h"

namespace aictr::hooks {

// Fills memory, use, MIG UUIDs and profiles of the GPUs. Lines about what is not among them are left out; Kind::corrupt
// for a line that is none of these.
struct NvmlFacts {
  std::optional<DottedVersion> cuda;
  std::optional<DottedVersion> arch;  // the lowest of all GPUs
};
Result<NvmlFacts> merge_nvml_report(std::string_view report, std::vector<Gpu>& gpus);

}  // namespace aictr::hooks
