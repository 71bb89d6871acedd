#pragma once

#include <optional>

#include "base/result.h"
#include "images/compress.h"
#include "images/store.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What compressing a layer has given, in cache/compressed/, so that a registry can be asked for it before the work is
// done again. To be thrown away at any time; that it cannot be read or written makes no difference.
std::optional<oci::Descriptor> find_compressed(const Store& store, const oci::Digest& diff_id,
                                               const Compression& compression);
void remember_compressed(const Store& store, const oci::Digest& diff_id, const Compression& compression,
                         const oci::Descriptor& blob);

}  // namespace aictr::images
