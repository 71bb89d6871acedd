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

}  // namespace

Result<Image> Store::add(const oci::ImageConfig& config, const std::vector<oci::Reference>& names) {
  FileLock keep = TRY(hold());
  std::string config_text = oci::print_image_config(config);
  oci::Manifest manifest;
  manifest.media_type = oci::media::kManifest;
  manifest.config = describe(oci::media::kConfig, config_text);
  manifest.layers = TRY(describe_layers(fd(), config.diff_ids));
  std::string manifest_text = oci::print_manifest(manifest);
  oci::Descriptor entry = describe(oci::media::kManifest, manifest_text);
  entry.platform = config.platform;

  TRY_AS("add image", write_blob(fd(), manifest.config, config_text));
  TRY_AS("add image", write_blob(fd(), entry, manifest_text));
  FileLock lock = TRY(FileLock::acquire(fd(), layout::kLock, FileLock::Mode::exclusive));
  StoreIndex index = TRY(StoreIndex::load(fd()));
  index.add_unnamed(entry);
  for (const oci::Reference& name : names) index.set_name(entry, name);
  TRY_AS("add image", index.save(fd()));
  return load_image(fd(), index, entry.digest);
}

}  // namespace aictr::images
