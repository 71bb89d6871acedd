// Store::add alone needs a hash; it stands apart so that a program which only reads images links no cryptography.

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/layer_record.h"
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

Result<void> write_blob(int store, const oci::Descriptor& descriptor, std::string_view data) {
  std::string path = layout::blob(descriptor.digest);
  if (sys::exists(store, path)) return {};
  return write_file(store, path, data, 0600);
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

// Names the image once its blobs are there.
Result<Image> enter(int store, const oci::Descriptor& manifest, const std::vector<oci::Reference>& names) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  StoreIndex index = TRY(StoreIndex::load(store));
  index.add_unnamed(manifest);
  for (const oci::Reference& name : names) index.set_name(manifest, name);
  TRY_AS("add image", index.save(store));
  return load_image(store, index, manifest.digest);
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
  for (const oci::Digest& diff_id : config.diff_ids) TRY(load_layer_record(fd(), diff_id));
  oci::Descriptor entry = describe(
      manifest.media_type.empty() ? oci::media::kManifest : std::string_view(manifest.media_type), manifest_text);
  entry.platform = config.platform;
  TRY_AS("add image", write_blob(fd(), describe(manifest.config.media_type, config_text), config_text));
  TRY_AS("add image", write_blob(fd(), entry, manifest_text));
  return enter(fd(), entry, names);
}

}  // namespace aictr::images
