#include "images/prune.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/sys.h"
#include "images/gc.h"
#include "images/layer_record.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

std::map<oci::Digest, std::int64_t> sizes_of_layers(int store) {
  std::map<oci::Digest, std::int64_t> sizes;
  for (const std::string& hex : list_directory(store, layout::kLayers).value_or({})) {
    auto record = load_layer_record(store, oci::Digest::sha256(hex));
    if (record.ok()) sizes[record.value().diff_id] = record.value().size;
  }
  return sizes;
}

// Parts of blobs that nobody is downloading.
Result<std::int64_t> remove_downloads(int store) {
  std::int64_t bytes = 0;
  auto names = list_directory(store, layout::kDownloads);
  if (!names.ok() && names.error().kind == Kind::not_found) return bytes;
  for (const std::string& name : TRY(std::move(names))) {
    std::string path = fmt::format("{}/{}", layout::kDownloads, name);
    auto idle = FileLock::try_acquire(store, path, FileLock::Mode::exclusive);
    if (!idle.ok() && idle.error().kind == Kind::busy) continue;
    FileLock lock = TRY(std::move(idle));
    struct stat st = TRY(sys::stat(lock.fd()));
    TRY(sys::unlink(store, path));
    bytes += st.st_size;
  }
  return bytes;
}

Result<std::vector<Image>> unwanted(const Store& store, bool all, const ImagesInUse& in_use) {
  std::vector<oci::Digest> used;
  if (in_use) used = TRY(in_use());
  std::vector<Image> images = TRY(store.list());
  std::erase_if(images, [&](const Image& image) {
    return (!all && !image.names.empty()) || std::ranges::find(used, image.id) != used.end();
  });
  return images;
}

}  // namespace

Result<Pruned> prune_images(Store& store, bool all, const ImagesInUse& in_use) {
  auto sizes = sizes_of_layers(store.fd());
  Pruned pruned;
  for (const Image& image : TRY(unwanted(store, all, in_use))) {
    auto removed = store.remove(image.id.text(), true, in_use);
    if (!removed.ok() && removed.error().kind == Kind::not_found) continue;  // somebody else was quicker
    TRY(std::move(removed));
    pruned.images.push_back(image.id);
  }
  TRY(collect_garbage(store, in_use));
  for (const auto& [layer, size] : sizes) {
    if (store.has_layer(layer)) continue;
    pruned.layers.push_back(layer);
    pruned.bytes += size;
  }
  pruned.bytes += TRY(remove_downloads(store.fd()));
  return pruned;
}

}  // namespace aictr::images
