#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/lock.h"
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
  explicit BuildCache(const Store& store) : store_(&store) {}
  const Store* store_;
};

}  // namespace aictr::images
