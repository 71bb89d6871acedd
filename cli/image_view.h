#pragma once

#include "images/store.h"
#include "oci/json.h"

namespace aictr::cli {

// An image as `inspect` shows it: Docker's names and nesting, every member there even when it is empty.
oci::Json image_view(const images::Image& image);

}  // namespace aictr::cli
