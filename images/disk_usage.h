#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "images/store.h"

namespace aictr::images {

// What a store takes on the disk, in the bytes that du(1) counts: all of it falls to one part or another.
struct DiskUsage {
  struct Part {
    int total = 0;   // things
    int active = 0;  // of them in use
    std::int64_t bytes = 0;
    std::int64_t reclaimable = 0;  // of what is not in use
  };
  Part images;           // their blobs and layers; what images share counts as in use when one of them is
  Part containers;       // what they have written, and their records; which are in use is for the caller to say
  Part volumes;          // which are in use is for the caller to say
  Part build_cache;      // and layers that no image has
  Part unfinished;       // downloads, and what killed commands have left
  std::int64_t own = 0;  // the store's own directories and files
};

// `used` are the images that containers were made from.
Result<DiskUsage> disk_usage(const Store& store, const std::vector<oci::Digest>& used);

}  // namespace aictr::images
