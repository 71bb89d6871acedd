#pragma once

#include "base/result.h"
#include "images/byte_source.h"
#include "images/layer_unpack.h"
#include "images/store.h"

namespace aictr::images {

// Writes a layer's tar, which may come compressed, as it is to `tar`, and to `index` an EROFS image of it that shows
// its tree, both empty files; the counterpart of unpack_layer(), by the same rules and with the same errors. One pass,
// and no file of the layer is made.
Result<Unpacked> index_layer(ByteSource& source, int tar, int index);

}  // namespace aictr::images
