#pragma once

#include "base/result.h"
#include "images/store.h"
#include "images/store_index.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What the blobs of a store say about an image. Kind::corrupt, with the mend, for a blob that cannot be read; a blob
// that is not there is Kind::not_found, as somebody may just have removed the image.
Result<oci::Manifest> load_manifest(int store, const oci::Digest& manifest);
Result<oci::ImageConfig> load_config(int store, const oci::Digest& config);
Result<Image> load_image(int store, const StoreIndex& index, const oci::Digest& manifest);

}  // namespace aictr::images
