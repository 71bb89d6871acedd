#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/layer_pack.h"
#include "images/store.h"

namespace aictr::images {

// An image that somebody asked for, and the names it is to have in the archive: all of its own when it was asked for by
// its ID.
struct ImageToSave {
  Image image;
  std::vector<oci::Reference> names;
};

// Writes a tar that is both an OCI image layout (image-spec, image-layout.md) and what `docker save` writes
// (manifest.json): layers are uncompressed, and each is there once. The same images give the same bytes.
Result<void> save_images(const Store& store, std::span<const ImageToSave> images, const TarSink& sink);

}  // namespace aictr::images
