#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "images/layer.h"
#include "images/store.h"

namespace aictr::images {

// What a step once did.
struct CacheRecord {
  std::optional<Layer> layer;  // unset: it changed nothing
  std::string created;         // when, RFC 3339
  std::string step;            // the instruction, for people who look
};

// Results of build steps by cache_key.h's keys: one small file each in the store's cache/steps/. The layers that stand
// in it are kept by the store.
class BuildCache {
 public:
  static Result<BuildCache> open(const Store& store);

  // Nothing for an unknown key, and when the layer has gone or the record cannot be read.
  std::optional<CacheRecord> find(const std::string& key) const;
  Result<void> save(const std::string& key, const CacheRecord& record) const;

  // Where FileDigests remembers what the build context `path` holds; below the store's directory.
  static std::string file_digests_path(const std::string& path);

 private:
  explicit BuildCache(const Store& store) : store_(&store) {}
  const Store* store_;
};

}  // namespace aictr::images
