#pragma once

#include <vector>

#include "base/result.h"
#include "oci/digest.h"

namespace aictr::images {

// Sees to it that layers are on the disk, whatever happens to the machine from now on, before an image is named that
// needs them. A layer comes into the store without: its record says until which boot it can be relied on, and after
// another one it counts as missing. Costs next to nothing for layers that are on the disk. Kind::not_found for a layer
// that the store lacks.
Result<void> sync_layers(int store, const std::vector<oci::Digest>& diff_ids);

}  // namespace aictr::images
