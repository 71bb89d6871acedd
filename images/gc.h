#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

// Deletes what nobody needs: layers and blobs that no image of the index, no image in use and no cache record names,
// and drafts of processes that are gone. A record in cache/steps/ keeps every layer whose digest stands in it. Does
// nothing while somebody holds the store (the caller too: let go first). The layers that went.
Result<std::vector<oci::Digest>> collect_garbage(const Store& store, const ImagesInUse& in_use);

}  // namespace aictr::images
