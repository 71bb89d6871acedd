#pragma once

#include "base/result.h"
#include "hooks/nvidia_driver.h"
#include "hooks/nvml_report.h"

namespace aictr::cli {

// Asks the driver's NVML, in a process of its own that is killed after five seconds, for what it alone knows: memory
// and use of GPUs, UUIDs of MIG instances. Kind::not_found without libnvidia-ml; an error says what NVML said.
Result<hooks::NvmlFacts> ask_nvml(hooks::NvidiaDriver& driver);

}  // namespace aictr::cli
