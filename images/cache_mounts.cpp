#include "images/cache_mounts.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/layer_unpack.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

// The directory that builds share (cache_directory.cpp); others have higher numbers.
constexpr const char* kShared = "0";
constexpr const char* kId = "id";

std::string path_of(const std::string& id) {
  return fmt::format("{}/{}", layout::kCacheMounts, sha256(id).hex());
}

Result<FileLock> alone(const Store& store) {
  auto lock = FileLock::try_acquire(store.fd(), layout::kHold, FileLock::Mode::exclusive);
  if (lock.ok() || lock.error().kind != Kind::busy) return lock;
  return make_error(Kind::busy, "the build cache is in use", "wait until builds and pulls have ended");
}

Result<UniqueFd> find(const Store& store, const std::string& id) {
  auto place = open_directory(store.fd(), path_of(id));
  if (place.ok() || place.error().kind != Kind::not_found) return place;
  return make_error(Kind::not_found, fmt::format("there is no cache mount '{}'", id),
                    "`aictr builder cache ls` lists what there is");
}

}  // namespace

Result<std::vector<CacheMountInfo>> list_cache_mounts(const Store& store) {
  std::vector<CacheMountInfo> all;
  if (!sys::exists(store.fd(), layout::kCacheMounts)) return all;
  for (const std::string& name : TRY(list_directory(store.fd(), layout::kCacheMounts))) {
    std::string path = fmt::format("{}/{}", layout::kCacheMounts, name);
    auto id = read_file(store.fd(), fmt::format("{}/{}", path, kId));
    auto st = sys::stat(store.fd(), fmt::format("{}/{}", path, kId));
    if (!id.ok() || !st.ok()) continue;  // it is being made, or removed
    CacheMountInfo info{std::move(id).value(), 0, st.value().st_mtim.tv_sec};
    info.bytes = TRY(DiskMeter().measure(store.fd(), path));
    all.push_back(std::move(info));
  }
  std::ranges::sort(all, {}, &CacheMountInfo::id);
  return all;
}

Result<void> remove_cache_mount(const Store& store, const std::string& id) {
  FileLock keep = TRY(alone(store));
  TRY(find(store, id));
  return remove_tree(store.fd(), path_of(id));
}

Result<void> export_cache_mount(const Store& store, const std::string& id, const TarSink& sink) {
  FileLock keep = TRY(alone(store));
  UniqueFd place = TRY(find(store, id));
  UniqueFd files = TRY(open_directory(place.get(), kShared));
  return pack_layer(files.get(), sink);
}

Result<void> import_cache_mount(const Store& store, const std::string& id, ByteSource& tar) {
  FileLock keep = TRY(alone(store));
  TRY(make_directories(store.fd(), path_of(id), 0700));
  UniqueFd place = TRY(open_directory(store.fd(), path_of(id)));
  std::string unfinished = fmt::format("{}.new", kShared);
  TRY(remove_tree(place.get(), unfinished));
  TRY(sys::mkdir(place.get(), unfinished, 0755));
  Defer give_up([&] { ignore(remove_tree(place.get(), unfinished)); });
  UniqueFd files = TRY(open_directory(place.get(), unfinished));
  TRY(unpack_layer(tar, files.get(), {Whiteouts::ordinary, std::nullopt}));
  TRY(write_file(place.get(), kId, id, 0600, Durability::until_reboot));
  TRY(remove_tree(place.get(), kShared));
  TRY(sys::rename(place.get(), unfinished, place.get(), kShared));
  give_up.dismiss();
  return {};
}

}  // namespace aictr::images
