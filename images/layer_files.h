#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

// What a layer says about a path.
struct LayerFile {
  enum class Kind {
    file,      // or a link or a device: it is there, and nothing of lower layers at this path
    deletion,  // nothing of lower layers at this path, or below
    opaque,    // a directory: nothing of lower layers below it
  };
  std::string path;  // "usr/bin/python"
  Kind kind = Kind::file;
  std::int64_t bytes = 0;  // of content; of several hard links the first alone has them
};

// All that a layer of the store holds but its plain directories, in bytewise order of each directory. The caller holds
// the store.
Result<std::vector<LayerFile>> list_layer(const Store& store, const oci::Digest& diff_id);

}  // namespace aictr::images
