#include "images/save.h"

#include <fmt/core.h>

#include "base/file.h"
#include "images/archive_write.h"
#include "images/hash.h"
#include "images/layer_tar.h"
#include "images/store_layout.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

using oci::Json;

const std::string kRefName = "org.opencontainers.image.ref.name";
const std::string kFullName = "io.containerd.image.name";

std::string path_of(const oci::Digest& digest) {
  return layout::blob(digest);  // "blobs/sha256/HEX", there as here
}

// Layers go as what they are; nobody has to compress them for a file.
std::string manifest_of(const Image& image) {
  oci::Manifest manifest = image.manifest;
  manifest.media_type = oci::media::kManifest;
  manifest.config.media_type = oci::media::kConfig;
  manifest.layers.clear();
  for (std::size_t i = 0; i < image.config.diff_ids.size(); ++i) {
    oci::Descriptor layer;
    layer.media_type = oci::media::kLayer;
    layer.digest = image.config.diff_ids[i];
    layer.size = image.layer_sizes[i];
    manifest.layers.push_back(std::move(layer));
  }
  return oci::print_manifest(manifest);
}

std::vector<oci::Descriptor> index_entries(const ImageToSave& one, const std::string& manifest) {
  oci::Descriptor entry;
  entry.media_type = oci::media::kManifest;
  entry.digest = sha256(manifest);
  entry.size = static_cast<std::int64_t>(manifest.size());
  entry.platform = one.image.config.platform;
  if (one.names.empty()) return {entry};
  std::vector<oci::Descriptor> entries;
  for (const oci::Reference& name : one.names) {
    entry.annotations = {{kFullName, name.full()}, {kRefName, name.full()}};
    entries.push_back(entry);
  }
  return entries;
}

// An entry of Docker's manifest.json.
Json docker_entry(const ImageToSave& one) {
  Json::Array tags;
  for (const oci::Reference& name : one.names) tags.emplace_back(name.familiar());
  Json::Array layers;
  for (const oci::Digest& diff_id : one.image.config.diff_ids) layers.emplace_back(path_of(diff_id));
  Json entry;
  entry.set("Config", Json(path_of(one.image.id)));
  entry.set("RepoTags", tags.empty() ? Json() : Json(std::move(tags)));
  entry.set("Layers", Json(std::move(layers)));
  return entry;
}

Result<void> add_blobs(ArchiveWriter& archive, const Store& store, const Image& image, const std::string& manifest) {
  for (std::size_t i = 0; i < image.config.diff_ids.size(); ++i) {
    const oci::Digest& diff_id = image.config.diff_ids[i];
    TRY(archive.add(path_of(diff_id), image.layer_sizes[i],
                    [&](const TarSink& sink) { return read_layer_tar(store, diff_id, sink); }));
  }
  std::string config = TRY(read_file(store.fd(), layout::blob(image.id)));
  TRY(archive.add(path_of(image.id), config));
  return archive.add(path_of(sha256(manifest)), manifest);
}

}  // namespace

Result<void> save_images(const Store& store, std::span<const ImageToSave> images, const TarSink& sink) {
  FileLock hold = TRY(store.hold());
  ArchiveWriter archive(sink);
  oci::Index index;
  index.media_type = oci::media::kIndex;
  Json::Array docker;
  TRY(archive.add("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
  for (const ImageToSave& one : images) {
    std::string manifest = manifest_of(one.image);
    TRY(add_blobs(archive, store, one.image, manifest));
    auto entries = index_entries(one, manifest);
    index.manifests.insert(index.manifests.end(), entries.begin(), entries.end());
    docker.push_back(docker_entry(one));
  }
  TRY(archive.add("index.json", oci::print_index(index)));
  TRY(archive.add("manifest.json", oci::print_json(Json(std::move(docker)))));
  return archive.finish();
}

}  // namespace aictr::images
