#pragma once

#include "images/store.h"

namespace aictr::images {

// Whether layers that come into this store are to be kept so: this kernel mounts them, for root and from the store's
// file system. $AICTR_LAYERS, "tar" or "directory", decides instead. Found out once in a process.
bool keeps_tars(const Store& store);

}  // namespace aictr::images
