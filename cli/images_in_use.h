#pragma once

#include "cli/global.h"
#include "images/store.h"

namespace aictr::cli {

// The images that this user's containers were made from; `globals` outlives what is returned.
images::ImagesInUse images_in_use(const Globals& globals);

}  // namespace aictr::cli
