#include "images/build_cache.h"

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/store_layout.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

constexpr std::int64_t kVersion = 1;

std::string record_path(const std::string& key) {
  return fmt::format("{}/{}", layout::kCacheSteps, key);
}

std::string print(const CacheRecord& record) {
  oci::Json json;
  json.set("version", oci::Json(kVersion));
  if (record.layer) {
    json.set("layer", oci::Json(record.layer->diff_id.text()));
    json.set("size", oci::Json(record.layer->size));
  }
  json.set("created", oci::Json(record.created));
  json.set("step", oci::Json(record.step));
  return oci::print_json(json);
}

template <class T>
T member(const oci::Json& json, std::string_view name) {
  const oci::Json* found = json.find(name);
  const T* value = found != nullptr ? found->as<T>() : nullptr;
  return value != nullptr ? *value : T{};
}

std::optional<CacheRecord> parse(std::string_view text) {
  auto json = oci::parse_json(text);
  if (!json.ok() || member<std::int64_t>(json.value(), "version") != kVersion) return std::nullopt;
  CacheRecord record{std::nullopt, member<std::string>(json.value(), "created"),
                     member<std::string>(json.value(), "step")};
  if (json.value().find("layer") == nullptr) return record;
  auto digest = oci::Digest::parse(member<std::string>(json.value(), "layer"));
  if (!digest.ok()) return std::nullopt;
  record.layer = Layer{std::move(digest).value(), member<std::int64_t>(json.value(), "size")};
  return record;
}

}  // namespace

Result<BuildCache> BuildCache::open(const Store& store) {
  for (const char* folder : {layout::kCacheSteps, layout::kCacheFiles, layout::kCacheClaims}) {
    TRY(make_directories(store.fd(), folder, 0700));
  }
  return BuildCache(store);
}

std::optional<CacheRecord> BuildCache::find(const std::string& key) const {
  auto text = read_file(store_->fd(), record_path(key));
  if (!text.ok()) return std::nullopt;
  auto record = parse(text.value());
  if (record && record->layer && !store_->has_layer(record->layer->diff_id)) return std::nullopt;
  return record;
}

Result<void> BuildCache::save(const std::string& key, const CacheRecord& record) const {
  return write_file(store_->fd(), record_path(key), print(record), 0600, Durability::until_reboot);
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
