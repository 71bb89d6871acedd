#include "images/gc.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/draft.h"
#include "images/layer_record.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::size_t kHexDigits = 64;

struct Needed {
  std::set<std::string> blobs;   // hex digests
  std::set<std::string> layers;  // hex digests
};

void need_layers(Needed& needed, const oci::ImageConfig& config) {
  for (const oci::Digest& diff_id : config.diff_ids) needed.layers.insert(diff_id.hex());
}

Result<void> need_images(int store, Needed& needed) {
  StoreIndex index = TRY(StoreIndex::load(store));
  for (const oci::Descriptor& entry : index.manifests()) {
    needed.blobs.insert(entry.digest.hex());
    Image image = TRY(load_image(store, index, entry.digest));
    needed.blobs.insert(image.id.hex());
    need_layers(needed, image.config);
  }
  return {};
}

// An image that a container uses and the index does not know any more has been removed while the container was made.
Result<void> need_images_in_use(int store, const ImagesInUse& in_use, Needed& needed) {
  if (!in_use) return {};
  for (const oci::Digest& id : TRY(in_use())) {
    needed.blobs.insert(id.hex());
    auto config = load_config(store, id);
    if (config.ok()) {
      need_layers(needed, config.value());
    } else if (config.error().kind != Kind::not_found) {
      return std::move(config).error();
    }
  }
  return {};
}

void need_digests_in(std::string_view text, Needed& needed) {
  for (auto at = text.find(kAlgorithm); at != std::string_view::npos; at = text.find(kAlgorithm, at + 1)) {
    std::string_view hex = text.substr(at + kAlgorithm.size(), kHexDigits);
    if (hex.size() == kHexDigits) needed.layers.emplace(hex);
  }
}

// What a record of a step says is the builder's matter; that a digest stands in it is all that is asked here.
Result<void> need_cached(int store, Needed& needed) {
  auto names = list_directory(store, layout::kCacheSteps);
  if (!names.ok() && names.error().kind == Kind::not_found) return {};
  for (const std::string& name : TRY(std::move(names))) {
    need_digests_in(TRY(read_file(store, fmt::format("{}/{}", layout::kCacheSteps, name))), needed);
  }
  return {};
}

Result<Needed> find_needed(int store, const ImagesInUse& in_use) {
  Needed needed;
  TRY(need_images(store, needed));
  TRY(need_images_in_use(store, in_use, needed));
  TRY(need_cached(store, needed));
  return needed;
}

// The power failed before it was on the disk: whoever needs it has to get it again.
bool is_lost(int store, const oci::Digest& diff_id) {
  auto record = load_layer_record(store, diff_id);
  return !record.ok() && record.error().kind == Kind::not_found;
}

Result<std::vector<oci::Digest>> discard_layers(int store, const std::set<std::string>& needed) {
  std::vector<oci::Digest> gone;
  for (const std::string& hex : TRY(list_directory(store, layout::kLayers))) {
    oci::Digest diff_id = oci::Digest::sha256(hex);
    if (needed.contains(hex) && !is_lost(store, diff_id)) continue;
    TRY(discard_layer(store, diff_id));
    gone.push_back(std::move(diff_id));
  }
  return gone;
}

// What is known of the compressed forms of layers that are gone.
Result<void> delete_records(int store, const std::set<std::string>& needed) {
  auto names = list_directory(store, layout::kCacheCompressed);
  if (!names.ok() && names.error().kind == Kind::not_found) return {};
  for (const std::string& name : TRY(std::move(names))) {
    if (needed.contains(name.substr(0, kHexDigits))) continue;
    TRY(sys::unlink(store, fmt::format("{}/{}", layout::kCacheCompressed, name)));
  }
  return {};
}

Result<void> delete_blobs(int store, const std::set<std::string>& needed) {
  for (const std::string& name : TRY(list_directory(store, layout::kBlobs))) {
    if (!needed.contains(name)) TRY(sys::unlink(store, fmt::format("{}/{}", layout::kBlobs, name)));
  }
  return {};
}

// What write_file() had not renamed yet when its process was killed. Who writes there holds the store, or its lock.
Result<void> delete_unfinished_files(int store) {
  for (const char* directory : {".", layout::kCacheSteps, layout::kCacheFiles, layout::kCacheCompressed}) {
    TRY(unless_gone(remove_unfinished_files(store, directory)));
  }
  for (const std::string& hex : TRY(list_directory(store, layout::kLayers))) {
    TRY(remove_unfinished_files(store, fmt::format("{}/{}", layout::kLayers, hex)));
  }
  return {};
}

}  // namespace

Result<std::vector<oci::Digest>> collect_garbage(const Store& store, const ImagesInUse& in_use) {
  std::vector<oci::Digest> gone;
  {
    auto alone = FileLock::try_acquire(store.fd(), layout::kHold, FileLock::Mode::exclusive);
    if (!alone.ok() && alone.error().kind == Kind::busy) return gone;
    FileLock keep = TRY(std::move(alone));
    FileLock lock = TRY(FileLock::acquire(store.fd(), layout::kLock, FileLock::Mode::exclusive));
    Needed needed = TRY(find_needed(store.fd(), in_use));
    gone = TRY(discard_layers(store.fd(), needed.layers));
    TRY(delete_blobs(store.fd(), needed.blobs));
    TRY(delete_records(store.fd(), needed.layers));
    TRY(delete_unfinished_files(store.fd()));
  }
  TRY(remove_dead_drafts(store.fd()));
  return gone;
}

}  // namespace aictr::images
