#pragma once

#include "base/result.h"
#include "images/layer_pack.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

// The tar that a layer of the store is, byte for byte as its diffID says. Kind::unsupported, at the end of the stream,
// for a layer that was unpacked from a tar which packing it does not give again: the sink's bytes are then of no use.
Result<void> read_layer_tar(const Store& store, const oci::Digest& diff_id, const TarSink& sink);

}  // namespace aictr::images
