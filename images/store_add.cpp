// Store::add alone needs a hash; it stands apart so that a program which only reads images links no cryptography.

#include <initializer_list>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/layer_record.h"
#include "images/layer_sync.h"
#include "images/store.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

oci::Descriptor describe(std::string_view media_type, std::string_view data) {
  oci::Descriptor descriptor;
  descriptor.media_type = media_type;
  descriptor.digest = sha256(data);
  descriptor.size = static_cast<std::int64_t>(data.size());
  return descriptor;
}

struct Blob {
  oci::Descriptor descriptor;
  std::string_view data;
};

// The caller holds the store's lock; what a killed process had not finished here can go.
Result<void> write_blobs(int store, std::initializer_list<Blob> blobs) {
  TRY(remove_unfinished_files(store, layout::kBlobs));
  for (const Blob& blob : blobs) {
    std::string path = layout::blob(blob.descriptor.digest);
    if (!sys::exists(store, path)) TRY(write_file(store, path, blob.data, 0600));
  }
  return {};
}

Result<std::vector<oci::Descriptor>> describe_layers(int store, const std::vector<oci::Digest>& diff_ids) {
  std::vector<oci::Descriptor> layers;
  for (const oci::Digest& diff_id : diff_ids) {
    LayerRecord record = TRY(load_layer_record(store, diff_id));
    oci::Descriptor layer;
    layer.media_type = oci::media::kLayer;
    layer.digest = diff_id;
    layer.size = record.size;
    layers.push_back(std::move(layer));
  }
  return layers;
}

Result<Image> enter(int store, const Blob& config, const Blob& manifest, const std::vector<oci::Reference>& names) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  TRY(write_blobs(store, {config, manifest}));
  TRY(remove_unfinished_files(store, "."));
  StoreIndex index = TRY(StoreIndex::load(store));
  index.add_unnamed(manifest.descriptor);
  for (const oci::Reference& name : names) index.set_name(manifest.descriptor, name);
  TRY(index.save(store));
  return load_image(store, index, manifest.descriptor.digest);
}

}  // namespace

Result<Image> Store::add(const oci::ImageConfig& config, const std::vector<oci::Reference>& names) {
  return add_with_config(oci::print_image_config(config), names);
}

Result<Image> Store::add_with_config(std::string_view config_text, const std::vector<oci::Reference>& names) {
  FileLock keep = TRY(hold());
  oci::ImageConfig config = TRY(oci::parse_image_config(config_text));
  oci::Manifest manifest;
  manifest.media_type = oci::media::kManifest;
  manifest.config = describe(oci::media::kConfig, config_text);
  manifest.layers = TRY(describe_layers(fd(), config.diff_ids));
  return add_received(oci::print_manifest(manifest), config_text, names);
}

Result<Image> Store::add_received(std::string_view manifest_text, std::string_view config_text,
                                  const std::vector<oci::Reference>& names) {
  FileLock keep = TRY(hold());
  oci::Manifest manifest = TRY(oci::parse_manifest(manifest_text));
  oci::ImageConfig config = TRY(oci::parse_image_config(config_text));
  TRY(sync_layers(fd(), config.diff_ids));
  oci::Descriptor entry = describe(
      manifest.media_type.empty() ? oci::media::kManifest : std::string_view(manifest.media_type), manifest_text);
  entry.platform = config.platform;
  Blob config_blob{describe(manifest.config.media_type, config_text), config_text};
  return TRY_AS("add image", enter(fd(), config_blob, {entry, manifest_text}, names));
}

}  // namespace aictr::images
