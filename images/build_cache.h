#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/lock.h"
#include "base/result.h"
#include "images/cache_record.h"
#include "images/imported_cache.h"
#include "images/store.h"

namespace aictr::images {

// Results of build steps by cache_key.h's keys: one small file each in the store's cache/steps/. The layers that stand
// in it are kept by the store.
class BuildCache {
 public:
  // `imported`: where layers and records are that the store lacks. Both live as long as this.
  static Result<BuildCache> open(const Store& store, const ImportedCache& imported);

  // Nothing for an unknown key, and when the layer has gone or the record cannot be read. The layer of an imported
  // record comes into the store by get_layers().
  std::optional<CacheRecord> find(const std::string& key) const;
  // Sees to it that the store has what find() told of, before it is used.
  Result<void> get_layers(std::span<const oci::Digest> layers, const OutputSink& tell) const;
  Result<void> save(const std::string& key, const CacheRecord& record) const;

  // Of the one build that runs the step now; the others wait, and then find what it has done.
  class Claim {
   public:
    Claim(Claim&&) = default;
    Claim& operator=(Claim&&) = delete;
    ~Claim();

   private:
    friend class BuildCache;
    Claim(int dir, std::string path, FileLock lock) : dir_(dir), path_(std::move(path)), lock_(std::move(lock)) {}
    int dir_;
    std::string path_;
    FileLock lock_;
  };
  // `waits` is called when another build has it.
  Result<Claim> claim(const std::string& key, const std::function<void()>& waits) const;

  // Where FileDigests remembers what the build context `path` holds; below the store's directory.
  static std::string file_digests_path(const std::string& path);

 private:
  BuildCache(const Store& store, const ImportedCache& imported) : store_(&store), imported_(&imported) {}
  const Store* store_;
  const ImportedCache* imported_;
};

}  // namespace aictr::images
