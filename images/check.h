#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/store.h"

namespace aictr::images {

// Something in a store that is not what it should be, and what of it is of no use any more.
struct Damage {
  std::string text;  // one line
  std::optional<oci::Digest> blob = {};
  std::optional<oci::Digest> layer = {};
  std::optional<oci::Digest> image = {};  // its manifest
};

// What a check of a store has come to.
struct Checked {
  int images = 0;
  int layers = 0;
  int unverified = 0;  // layers that were unpacked from a tar which cannot be made again
  std::vector<Damage> damages;
};

// Reads everything that the images of the store are made of and compares it with its digests: manifests,
// configurations, layers. The caller may be slowed down by what others do in the store, but neither disturbs the other.
Result<Checked> check_store(const Store& store);

}  // namespace aictr::images
