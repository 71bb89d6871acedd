#pragma once

#include <string>
#include <vector>

#include "oci/digest.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What a stage has become.
struct BuiltStage {
  std::vector<oci::Digest> layers;
  std::vector<oci::History> history;
  std::string created;            // of the newest layer, RFC 3339; empty when there is none
  std::vector<std::string> keys;  // in the build cache, of the steps that have made it
};

}  // namespace aictr::images
