#pragma once

#include <string>
#include <vector>

namespace aictr::hooks {

// For each NVIDIA GPU of these minors (/dev/nvidiaN), the list of CPUs that share its memory node:
// /sys/bus/pci/devices/ADDRESS/local_cpulist of the address that /proc/driver/nvidia/gpus/ADDRESS/information gives the
// minor. Empty for a GPU of which this host tells nothing. `root` is where /proc and /sys are: "/".
std::vector<std::string> cpus_near_nvidia(const std::vector<unsigned>& minors, const std::string& root);

}  // namespace aictr::hooks
