#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/cache_place.h"
#include "images/cache_record.h"
#include "images/step_runner.h"
#include "images/store.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What other machines' builds have left in a registry or a folder. Reading it takes the records alone; a layer comes
// when something is to be built on it, or is made of it. Whoever can write there decides what a step has made: layers
// are checked against their digests, records cannot be.
class ImportedCache {
 public:
  // What is added first comes first. Kind::not_found when there is none; Kind::unsupported for another builder's.
  Result<void> add(const CachePlace& place);

  const CacheRecord* find(const std::string& key) const;  // null for an unknown key
  bool has_layer(const oci::Digest& diff_id) const;

  // Brings those into the store that it lacks and this has; `tell` hears of each, from one thread at a time. The caller
  // holds the store.
  Result<void> get_layers(const Store& store, std::span<const oci::Digest> layers, const OutputSink& tell) const;

  // The form in which a layer lies in that very place, if it does.
  std::optional<oci::Descriptor> blob_at(const CachePlace& place, const oci::Digest& diff_id) const;

 private:
  struct Source {
    CachePlace place;
    CacheDocument document;
    std::map<oci::Digest, oci::Descriptor> blobs;  // by diff ID
  };
  std::vector<Source> sources_;
};

}  // namespace aictr::images
