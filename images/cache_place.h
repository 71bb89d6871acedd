#pragma once

#include <string>

#include "images/compress.h"
#include "oci/reference.h"

namespace aictr::images {

// Where a build cache comes from or goes to, outside of the store. In a registry and in a folder, which is an OCI image
// layout, it is a manifest of kCacheDocumentType (cache_record.h) and the layers; or its records lie in the
// configuration of the image that was built, and the layers are the image's.
struct CachePlace {
  enum class Type { registry, local, with_image };
  Type type = Type::registry;
  oci::Reference name;       // registry: with a tag; also of an image that was built with_image
  std::string folder;        // local
  std::string tag;           // local: which cache of the folder
  bool all_stages = false;   // not only what the image itself is made of
  Compression compression;   // of layers that are written
  bool may_fail = false;     // then a warning is all that comes of it
  std::string text() const;  // for messages: "'example.com/app:cache'"
};

}  // namespace aictr::images
