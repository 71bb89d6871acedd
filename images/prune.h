#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "images/store.h"

namespace aictr::images {

struct Pruned {
  std::vector<oci::Digest> images;
  std::vector<oci::Digest> layers;
  std::int64_t bytes = 0;  // of the layers, unpacked, and of unfinished downloads
};

// Removes the images without a name, or with `all` those that no container uses; with them, layers and blobs that
// nobody needs any more, and what unfinished pulls have left (those that are running are left alone).
Result<Pruned> prune_images(Store& store, bool all, const ImagesInUse& in_use);

}  // namespace aictr::images
