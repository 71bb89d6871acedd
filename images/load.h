#pragma once

#include <vector>

#include "base/result.h"
#include "images/byte_source.h"
#include "images/store.h"

namespace aictr::images {

// Takes the images of an archive into the store: an OCI image layout or what `docker save` writes, compressed or not.
// Everything is verified against its digest where the archive has one. Images that came whole stay when a later one
// fails. Kind::corrupt for what is no such archive.
Result<std::vector<Image>> load_images(Store& store, ByteSource& archive);

}  // namespace aictr::images
