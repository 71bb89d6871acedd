#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/image_spec.h"
#include "oci/reference.h"

namespace aictr::images {

// index.json of a store: an OCI image index with one entry for each name of an image, in the annotation
// org.opencontainers.image.ref.name, and one without a name for each image that has none.
class StoreIndex {
 public:
  static Result<StoreIndex> load(int store);
  Result<void> save(int store) const;  // the caller holds the store's lock

  // The manifest that goes by this name, or null. A digest in the reference counts, not the tag beside it.
  const oci::Descriptor* find(const oci::Reference& name) const;
  std::vector<oci::Descriptor> manifests() const;  // each once, in no order
  std::vector<oci::Reference> names_of(const oci::Digest& manifest) const;
  bool has(const oci::Digest& manifest) const;

  // An image that loses a name to another stays, without one.
  void set_name(const oci::Descriptor& manifest, const oci::Reference& name);
  void add_unnamed(const oci::Descriptor& manifest);  // unless it is there
  void remove_name(const oci::Reference& name);       // and the image, if it was the last
  void remove(const oci::Digest& manifest);           // with all its names

 private:
  oci::Index index_;
};

}  // namespace aictr::images
