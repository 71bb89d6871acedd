#pragma once

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/linux_spec.h"

namespace aictr::cli {

// The limits of the flags, in the terms of the runtime spec; device rules are run_devices.h's. Kind::usage names the
// flag. Block devices are looked up on this host; all else is pure.
Result<oci::Resources> run_resources(const RunFlags& flags, bool host_has_swap);

}  // namespace aictr::cli
