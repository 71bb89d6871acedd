#pragma once

#include "base/result.h"
#include "cli/volume.h"

namespace aictr::cli {

// Gives an empty volume what the directory `path` of the root file system holds, with owner and mode of the directory
// itself, as Docker does at a volume's first use. Nothing happens when the volume is not empty, or when the image has
// no directory there. A copy that is broken off leaves the volume empty for the next.
Result<void> fill_volume(const Volumes& volumes, const Volume& volume, int rootfs, const std::string& path);

}  // namespace aictr::cli
