#include "images/stored_image.h"

#include <fmt/core.h>

#include "base/file.h"
#include "images/layer_record.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

template <class T>
Result<T> load(int store, const oci::Digest& digest, Result<T> (*parse)(std::string_view)) {
  std::string text = TRY_AS(fmt::format("blob {}", digest.text()), read_file(store, layout::blob(digest)));
  auto parsed = parse(text);
  if (parsed.ok()) return parsed;
  return std::move(parsed)
      .error()
      .context(fmt::format("blob {}", digest.text()))
      .with_hint("the store is damaged: remove the image by its name and make it again");
}

// The manifest says it of a layer that was made here; one that was pulled is described there as it was compressed. A
// damaged layer is no reason not to list the image.
std::int64_t layer_size(int store, const Image& image, std::size_t i) {
  const auto& layers = image.manifest.layers;
  if (i < layers.size() && layers[i].digest == image.config.diff_ids[i]) return layers[i].size;
  auto record = load_layer_record(store, image.config.diff_ids[i]);
  return record.ok() ? record.value().size : 0;
}

}  // namespace

Result<oci::Manifest> load_manifest(int store, const oci::Digest& manifest) {
  return load(store, manifest, oci::parse_manifest);
}

Result<oci::ImageConfig> load_config(int store, const oci::Digest& config) {
  return load(store, config, oci::parse_image_config);
}

Result<Image> load_image(int store, const StoreIndex& index, const oci::Digest& manifest) {
  Image image;
  image.manifest_digest = manifest;
  image.manifest = TRY(load_manifest(store, manifest));
  image.id = image.manifest.config.digest;
  image.config = TRY(load_config(store, image.id));
  image.names = index.names_of(manifest);
  for (std::size_t i = 0; i < image.config.diff_ids.size(); ++i) {
    image.layer_sizes.push_back(layer_size(store, image, i));
    image.size += image.layer_sizes.back();
  }
  return image;
}

}  // namespace aictr::images
