#pragma once

#include "base/result.h"
#include "images/compress.h"
#include "images/registry_auth.h"
#include "images/store.h"
#include "images/transfer_observer.h"
#include "oci/reference.h"

namespace aictr::images {

struct PushOptions {
  RegistryOptions registry;
  Compression compression;  // of layers that the registry does not have
};

// Sends an image to a registry under a name with a tag. A layer goes only when the registry does not have it: as it was
// pulled, in this repository or in another that the store knows of, or as this compression has made it before. When all
// layers are there as the image was pulled, its manifest goes as it is; else a new one, of the same configuration. The
// digest of what the name stands for now.
Result<oci::Digest> push_image(const Store& store, const Image& image, const oci::Reference& name,
                               const PushOptions& options, TransferObserver& observer);

}  // namespace aictr::images
