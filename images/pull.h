#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "images/registry_auth.h"
#include "images/store.h"
#include "images/transfer_observer.h"
#include "oci/reference.h"

namespace aictr::images {

struct PullOptions {
  RegistryOptions registry;
  std::optional<oci::Platform> platform;  // this machine's without
  bool any_platform = false;              // take what runs nowhere here too
};

struct Pulled {
  Image image;
  oci::Digest digest;   // of what the name stands for: the manifest, or the index that it was chosen from
  bool is_new = false;  // the name stood for something else before, or for nothing
};

// Gets an image from its registry into the store and gives it the name. Layers that the store has are not downloaded;
// what a killed or failed pull has downloaded is not downloaded again. Everything is verified: the manifest, the
// configuration and the compressed layers against their digests and sizes, the unpacked layers against the
// configuration's diffIDs. With an error the store is as before, but for layers that came whole and parts in
// downloads/. Pulls of several processes that want the same layer download it once.
Result<Pulled> pull_image(Store& store, const oci::Reference& name, const PullOptions& options,
                          TransferObserver& observer);

}  // namespace aictr::images
