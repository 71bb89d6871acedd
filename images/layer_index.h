#pragma once

#include "base/result.h"
#include "images/byte_source.h"
#include "images/layer_unpack.h"
#include "images/limited_source.h"
#include "images/store.h"

namespace aictr::images {

// Writes a layer's tar, which may come compressed, as it is to `tar`, and to `index` an EROFS image of it that shows
// its tree, both empty files; the counterpart of unpack_layer(), by the same rules and with the same errors. One pass,
// no file of the layer is made, and no more than `limit` bytes are taken.
Result<Unpacked> index_layer(ByteSource& source, int tar, int index, std::int64_t limit = kNoLimit);

}  // namespace aictr::images
