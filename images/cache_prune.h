#pragma once

#include "base/result.h"
#include "images/store.h"

namespace aictr::images {

// Forgets what builds have left for the next ones: records of steps, digests of files, what cache mounts keep. The
// layers of the steps become garbage (gc.h). Kind::busy while a build, a pull or the making of a container is at work.
Result<void> prune_build_cache(const Store& store);

}  // namespace aictr::images
