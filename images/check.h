#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "images/store.h"

namespace aictr::images {

// What a check of a store has come to.
struct Checked {
  int images = 0;
  int layers = 0;
  int unverified = 0;  // layers that were unpacked from a tar which cannot be made again
  int damaged = 0;     // things that `report` was told of
};

// Reads everything that the images of the store are made of and compares it with its digests: manifests,
// configurations, layers. `report` is told of each damage, in one line. The caller may be slowed down by what others do
// in the store, but neither disturbs the other.
Result<Checked> check_store(const Store& store, const std::function<void(const std::string&)>& report);

}  // namespace aictr::images
