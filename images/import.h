#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/store.h"
#include "oci/image_spec.h"

namespace aictr::images {

struct Import {
  std::string source;           // how the user calls the archive; for the history
  oci::ContainerConfig config;  // what a container of the image runs
  std::string created;          // RFC 3339
  std::string message;          // for the history; empty: says where it came from
  std::vector<oci::Reference> names;
};

// Makes an image of one layer from the tar of a root file system, compressed or not. The layer's digest is of the tar
// that layer_pack.h writes, not of the one given: the order of its entries and its format do not matter. Kind::corrupt,
// and nothing is stored, for a damaged or empty archive.
Result<Image> import_image(Store& store, int archive, const Import& import);

}  // namespace aictr::images
