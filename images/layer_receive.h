#pragma once

#include "base/result.h"
#include "images/byte_source.h"
#include "images/layer.h"
#include "images/store.h"

namespace aictr::images {

// Takes a layer of an image of somebody else's into the store: a tar, compressed or not. Kind::corrupt, and nothing is
// stored, when it is not the tar that `diff_id` says, no tar that can be a layer, or far too long for the `compressed`
// bytes that the source has.
Result<Layer> receive_layer(const Store& store, ByteSource& source, std::int64_t compressed,
                            const oci::Digest& diff_id);

}  // namespace aictr::images
