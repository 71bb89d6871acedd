#pragma once

#include "base/result.h"
#include "images/byte_source.h"
#include "images/layer.h"
#include "images/store.h"

namespace aictr::images {

// Takes a layer of an image of somebody else's into the store: a tar, compressed or not. Kind::corrupt, and nothing is
// stored, when it is not the tar that `diff_id` says, or no tar that can be a layer.
Result<Layer> receive_layer(const Store& store, ByteSource& source, const oci::Digest& diff_id);

}  // namespace aictr::images
