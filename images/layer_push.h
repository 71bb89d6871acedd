#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/compress.h"
#include "images/registry.h"
#include "images/store.h"
#include "images/transfer_observer.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A form in which a layer may be known to the registry, and where.
struct KnownBlob {
  oci::Descriptor blob;
  std::string host;
  std::string repository;
};

struct LayerToPush {
  oci::Digest diff_id;
  std::vector<KnownBlob> known;  // the form to be preferred first
};

// Sees to it that the registry has the layers, several at once. Their descriptors there, in the same order. The caller
// holds the store.
Result<std::vector<oci::Descriptor>> push_layers(const Store& store, Registry& registry,
                                                 std::vector<LayerToPush> layers, const Compression& compression,
                                                 TransferObserver& observer);

}  // namespace aictr::images
