#include "images/push.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "base/file.h"
#include "images/blob_upload.h"
#include "images/hash.h"
#include "images/layer_push.h"
#include "images/registry_manifest.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

// The compressed forms of layers that the manifests in the store tell of, this image's first.
std::map<oci::Digest, std::vector<KnownBlob>> known_blobs(const Image& image, const std::vector<Image>& others) {
  std::map<oci::Digest, std::vector<KnownBlob>> known;
  auto add = [&](const Image& from) {
    for (std::size_t i = 0; i < std::min(from.config.diff_ids.size(), from.manifest.layers.size()); ++i) {
      if (from.manifest.layers[i].digest == from.config.diff_ids[i]) continue;  // it was made here
      for (const oci::Reference& name : from.names) {
        known[from.config.diff_ids[i]].push_back({from.manifest.layers[i], name.host, name.repository});
      }
    }
  };
  add(image);
  for (const Image& other : others) {
    if (other.manifest_digest != image.manifest_digest) add(other);
  }
  return known;
}

class Push {
 public:
  Push(const Store& store, const Image& image, const oci::Reference& name, const PushOptions& options,
       TransferObserver& observer)
      : store_(store), image_(image), name_(name), options_(options), observer_(observer) {}

  Result<oci::Digest> run() {
    FileLock hold = TRY(store_.hold());
    RegistriesConf conf = TRY(RegistriesConf::load());
    RegistrySource home = TRY(conf.home(name_));
    registry_ = TRY(Registry::open(http_, home.name, options_for(home, options_.registry)));
    std::vector<oci::Descriptor> layers = TRY(push_layers(store_, *registry_, plan(), options_.compression, observer_));
    std::string config = TRY(read_blob(image_.id));
    TRY_AS("configuration", upload_blob(*registry_, http_, image_.id, config));
    RemoteManifest manifest = TRY(manifest_of(all(layers)));
    TRY(put_manifest(*registry_, http_, name_.tag, manifest));
    return manifest.digest;
  }

 private:
  // Each layer once, though an image may have it twice.
  std::vector<LayerToPush> plan() {
    auto known = known_blobs(image_, store_.list().value_or({}));
    std::vector<TransferItem> items;
    std::vector<LayerToPush> layers;
    for (std::size_t i = 0; i < image_.config.diff_ids.size(); ++i) {
      const oci::Digest& diff_id = image_.config.diff_ids[i];
      if (!positions_.try_emplace(diff_id, layers.size()).second) continue;
      layers.push_back({diff_id, known[diff_id]});
      items.push_back({diff_id.short_id(), image_.layer_sizes[i]});
    }
    observer_.planned(items);
    return layers;
  }

  std::vector<oci::Descriptor> all(const std::vector<oci::Descriptor>& pushed) const {
    std::vector<oci::Descriptor> layers;
    for (const oci::Digest& diff_id : image_.config.diff_ids) layers.push_back(pushed[positions_.at(diff_id)]);
    return layers;
  }

  Result<std::string> read_blob(const oci::Digest& digest) const {
    return read_file(store_.fd(), layout::blob(digest));
  }

  Result<RemoteManifest> manifest_of(std::vector<oci::Descriptor> layers) const {
    RemoteManifest manifest;
    bool unchanged =
        std::ranges::equal(layers, image_.manifest.layers, {}, &oci::Descriptor::digest, &oci::Descriptor::digest);
    if (unchanged) {
      manifest.text = TRY(read_blob(image_.manifest_digest));
      manifest.digest = image_.manifest_digest;
      manifest.media_type = media_type_in(manifest.text);
      return manifest;
    }
    oci::Manifest made = image_.manifest;
    made.media_type = oci::media::kManifest;
    made.config.media_type = oci::media::kConfig;
    made.layers = std::move(layers);
    manifest.text = oci::print_manifest(made);
    manifest.media_type = oci::media::kManifest;
    manifest.digest = sha256(manifest.text);
    return manifest;
  }

  const Store& store_;
  const Image& image_;
  const oci::Reference& name_;
  const PushOptions& options_;
  TransferObserver& observer_;
  HttpClient http_;
  std::unique_ptr<Registry> registry_;
  std::map<oci::Digest, std::size_t> positions_;  // of layers in what is pushed
};

}  // namespace

Result<oci::Digest> push_image(const Store& store, const Image& image, const oci::Reference& name,
                               const PushOptions& options, TransferObserver& observer) {
  if (name.tag.empty() || name.digest) {
    return make_error(Kind::usage,
                      fmt::format("'{}': an image is pushed to a tag, its digest follows", name.familiar()));
  }
  return Push(store, image, name, options, observer).run();
}

}  // namespace aictr::images
