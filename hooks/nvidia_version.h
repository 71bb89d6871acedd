#pragma once

#include <string_view>

#include "base/result.h"
#include "hooks/dotted_version.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

// The version of the kernel module that is loaded: from /proc/driver/nvidia/version, else /sys/module/nvidia/version.
// Kind::not_found without one, with the mend; Kind::unsupported on machines whose GPUs are driven by something else
// (Jetson, WSL).
Result<DottedVersion> loaded_driver_version(const HostRoots& roots);

// From the text of /proc/driver/nvidia/version, of the proprietary and of the open module: the first word of dotted
// numbers behind the word "Module". Kind::corrupt when there is none.
Result<DottedVersion> parse_driver_version(std::string_view text);

}  // namespace aictr::hooks
