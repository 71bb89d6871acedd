#pragma once

#include "base/result.h"
#include "hooks/nvidia_driver.h"
#include "oci/cdi_spec.h"

namespace aictr::hooks {

// A CDI spec of the driver and GPUs as they are now, for other programs that read such files: aictr computes the same
// at every run and needs none. Devices are named by index, by UUID, "i:j" for MIG instances, and "all". It needs no
// hook: libraries are mounted under all of their names in one directory, and LD_LIBRARY_PATH names that. The version is
// the oldest that knows what is used. What planning the edits fails with is passed on.
Result<oci::CdiSpec> generate_nvidia_spec(const NvidiaDriver& driver);

}  // namespace aictr::hooks
