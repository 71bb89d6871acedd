#pragma once

#include <optional>
#include <string>

#include "hooks/dotted_version.h"

namespace aictr::hooks {

// The newest CUDA that a driver runs (CUDA release notes, table "CUDA Toolkit and Corresponding Driver Versions"), so
// that NVML need not be asked. Nothing for a driver that is newer than this table: it runs all that this table knows.
std::optional<DottedVersion> cuda_of_driver(const DottedVersion& driver);

// The newest tag of nvidia/cuda with this CUDA or an older one: "12.4.1-base-ubuntu22.04".
std::string base_image_tag(const DottedVersion& cuda);

}  // namespace aictr::hooks
