#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/container.h"
#include "cli/volume.h"

namespace aictr::cli {

// Which containers have a volume mounted, by name; read from their records, whether they run or not.
Volumes::Users users_of_volumes(const Containers& containers);

// Removes the volumes that were made for the container alone, unless another one has taken them over (--volumes-from).
// To be called when the container's record is gone.
Result<void> remove_anonymous_volumes(const Containers& containers, const Container& container);

}  // namespace aictr::cli
