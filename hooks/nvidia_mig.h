#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/host_roots.h"
#include "hooks/nvidia_gpus.h"

namespace aictr::hooks {

// "gpu0/gi1/ci0/access" → minor of /dev/nvidia-caps/nvidia-cap<N>.
using MigMinors = std::map<std::string, unsigned, std::less<>>;

// The table /proc/driver/nvidia-caps/mig-minors: a name and a number on each line. Kind::corrupt names the line.
Result<MigMinors> parse_mig_minors(std::string_view text);
// The same of this machine; empty where there is none.
Result<MigMinors> read_mig_minors(const HostRoots& roots);

// The minor that /proc/driver/nvidia/capabilities/…/access tells: its line "DeviceFileMinor: N".
std::optional<unsigned> parse_capability_minor(std::string_view text);

// The MIG instances of the GPU with this minor, by GPU instance and compute instance.
Result<std::vector<MigInstance>> find_mig_instances(const HostRoots& roots, unsigned gpu_minor,
                                                    const MigMinors& minors);

}  // namespace aictr::hooks
