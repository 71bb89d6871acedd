#include "images/repair.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/sys.h"
#include "images/draft.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

// Works under the store's lock, so that nobody names an image meanwhile.
class Repair {
 public:
  explicit Repair(int store) : store_(store) {}

  Result<std::vector<std::string>> run(const std::vector<Damage>& damages, const std::vector<oci::Digest>& used) {
    StoreIndex index = TRY(StoreIndex::load(store_));
    TRY(keep_layers_of(used));
    for (const Damage& damage : damages) note(damage);
    TRY(drop_images(index));
    for (const oci::Digest& layer : layers_) TRY(drop_layer(layer));
    for (const oci::Digest& blob : blobs_) {
      TRY(unless_gone(sys::unlink(store_, layout::blob(blob))));
      say("removed blob {}", blob.text());
    }
    return std::move(done_);
  }

 private:
  template <class... T>
  void say(fmt::format_string<T...> format, T&&... parts) {
    done_.push_back(fmt::format(format, std::forward<T>(parts)...));
  }

  Result<void> keep_layers_of(const std::vector<oci::Digest>& used) {
    for (const oci::Digest& id : used) {
      auto config = load_config(store_, id);
      if (config.ok()) kept_.insert(config.value().diff_ids.begin(), config.value().diff_ids.end());
    }
    return {};
  }

  void note(const Damage& damage) {
    if (damage.blob) blobs_.insert(*damage.blob);
    if (damage.image) images_.insert(*damage.image);
    if (!damage.layer) return;
    if (kept_.contains(*damage.layer)) {
      say("left layer {}: a container needs it; remove the container first", damage.layer->text());
    } else {
      layers_.insert(*damage.layer);
    }
  }

  bool is_broken(const StoreIndex& index, const oci::Digest& manifest) const {
    if (images_.contains(manifest) || blobs_.contains(manifest)) return true;
    auto image = load_image(store_, index, manifest);
    if (!image.ok() || blobs_.contains(image.value().id)) return true;
    return std::ranges::any_of(image.value().config.diff_ids,
                               [&](const oci::Digest& layer) { return layers_.contains(layer); });
  }

  Result<void> drop_images(StoreIndex& index) {
    for (const oci::Descriptor& entry : index.manifests()) {
      if (!is_broken(index, entry.digest)) continue;
      for (const oci::Reference& name : index.names_of(entry.digest)) {
        say("removed image {}: pull, load or build it again", name.familiar());
      }
      index.remove(entry.digest);
    }
    return index.save(store_);
  }

  Result<void> drop_layer(const oci::Digest& layer) {
    TRY(discard_layer(store_, layer));
    say("removed layer {}", layer.text());
    return {};
  }

  int store_;
  std::set<oci::Digest> blobs_;
  std::set<oci::Digest> layers_;
  std::set<oci::Digest> images_;
  std::set<oci::Digest> kept_;
  std::vector<std::string> done_;
};

}  // namespace

Result<std::vector<std::string>> repair_store(const Store& store, const std::vector<Damage>& damages,
                                              const ImagesInUse& in_use) {
  if (damages.empty()) return std::vector<std::string>();
  std::vector<std::string> done;
  {
    FileLock lock = TRY(FileLock::acquire(store.fd(), layout::kLock, FileLock::Mode::exclusive));
    std::vector<oci::Digest> used;
    if (in_use) used = TRY(in_use());
    done = TRY(Repair(store.fd()).run(damages, used));
  }
  TRY(remove_dead_drafts(store.fd()));
  return done;
}

}  // namespace aictr::images
