#pragma once

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// Adds the devices that --device names, or with --privileged all of this host's, to the spec, with the rules that let
// the container use them. A directory stands for the devices in it. Names such as nvidia.com/gpu=0 are cli/run_cdi.h's.
Result<void> add_devices(oci::Spec& spec, const RunFlags& flags);

}  // namespace aictr::cli
