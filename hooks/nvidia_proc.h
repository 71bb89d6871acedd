#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/gpu_choice.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

// Fills an empty directory of ours with what a container is to see as /proc/driver: of the driver's files version,
// parameters and capability tables, of the GPUs the chosen ones alone.
Result<void> make_proc_driver(const HostRoots& roots, const std::vector<ChosenGpu>& chosen,
                              const std::string& directory);

// /proc/driver/nvidia/params with "ModifyDeviceFiles: 0": the driver's libraries make no device nodes then. Pure.
std::string without_device_making(std::string_view params);

}  // namespace aictr::hooks
