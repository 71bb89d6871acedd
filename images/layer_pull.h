#pragma once

#include <span>

#include "base/result.h"
#include "images/registry.h"
#include "images/store.h"
#include "images/transfer_observer.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A layer that the store lacks.
struct MissingLayer {
  std::size_t item = 0;  // for the observer
  oci::Descriptor blob;
  oci::Digest diff_id;
};

// Downloads, verifies and stores them, several at once, the biggest first; downloading and unpacking one go on side by
// side. The first failure stops all. The caller holds the store.
Result<void> pull_layers(const Store& store, Registry& registry, std::span<const MissingLayer> layers,
                         TransferObserver& observer);

}  // namespace aictr::images
