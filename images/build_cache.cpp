#include "images/build_cache.h"

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

std::string record_path(const std::string& key) {
  return fmt::format("{}/{}", layout::kCacheSteps, key);
}

}  // namespace

Result<BuildCache> BuildCache::open(const Store& store, const ImportedCache& imported) {
  for (const char* folder : {layout::kCacheSteps, layout::kCacheFiles, layout::kCacheClaims}) {
    TRY(make_directories(store.fd(), folder, 0700));
  }
  return BuildCache(store, imported);
}

std::optional<CacheRecord> BuildCache::find(const std::string& key) const {
  auto is_there = [&](const CacheRecord& record) {
    return !record.layer || store_->has_layer(record.layer->diff_id) || imported_->has_layer(record.layer->diff_id);
  };
  auto text = read_file(store_->fd(), record_path(key));
  std::optional<CacheRecord> record;
  if (text.ok()) record = parse_cache_record(text.value());
  if (record && is_there(*record)) return record;
  const CacheRecord* other = imported_->find(key);
  if (other == nullptr || !is_there(*other)) return std::nullopt;
  ignore(save(key, *other));  // so that it is known without the import when its layer has come
  return *other;
}

Result<void> BuildCache::get_layers(std::span<const oci::Digest> layers, const OutputSink& tell) const {
  return imported_->get_layers(*store_, layers, tell);
}

Result<void> BuildCache::save(const std::string& key, const CacheRecord& record) const {
  return write_file(store_->fd(), record_path(key), print_cache_record(record), 0600, Durability::until_reboot);
}

Result<BuildCache::Claim> BuildCache::claim(const std::string& key, const std::function<void()>& waits) const {
  std::string path = fmt::format("{}/{}", layout::kCacheClaims, key);
  for (;;) {
    auto lock = FileLock::try_acquire(store_->fd(), path, FileLock::Mode::exclusive);
    if (!lock.ok() && lock.error().kind == Kind::busy) {
      waits();
      lock = FileLock::acquire(store_->fd(), path, FileLock::Mode::exclusive);
    }
    FileLock ours = TRY(std::move(lock));
    // Whoever had it before us has taken the file away: the one that counts is another.
    struct stat st = TRY(sys::stat(ours.fd()));
    if (st.st_nlink > 0) return Claim(store_->fd(), std::move(path), std::move(ours));
  }
}

BuildCache::Claim::~Claim() {
  if (lock_.fd() >= 0) ignore(sys::unlink(dir_, path_));
}

std::string BuildCache::file_digests_path(const std::string& path) {
  return fmt::format("{}/files/{}", layout::kCache, sha256(path).hex());
}

}  // namespace aictr::images
