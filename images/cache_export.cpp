#include "images/cache_export.h"

#include <algorithm>
#include <mutex>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/units.h"
#include "images/background_hash.h"
#include "images/blob_upload.h"
#include "images/cache_folder.h"
#include "images/compressed_record.h"
#include "images/hash.h"
#include "images/layer_push.h"
#include "images/layer_tar.h"
#include "images/registries_conf.h"
#include "images/registry_manifest.h"

namespace aictr::images {
namespace {

class Departures : public TransferObserver {
 public:
  Departures(std::span<const oci::Digest> layers, const OutputSink& tell) : layers_(layers), tell_(tell) {}
  void planned(const std::vector<TransferItem>&) override {}
  void moved(std::size_t, std::int64_t) override {}
  void finished(std::size_t item, Outcome outcome) override {
    std::lock_guard lock(mutex_);
    tell_(fmt::format("layer {} {}\n", layers_[item].short_id(), outcome == Outcome::done ? "written" : "is there"));
  }

 private:
  std::span<const oci::Digest> layers_;
  const OutputSink& tell_;
  std::mutex mutex_;
};

oci::Descriptor describe(std::string_view media_type, std::string_view data) {
  oci::Descriptor blob;
  blob.media_type = media_type;
  blob.digest = sha256(data);
  blob.size = static_cast<std::int64_t>(data.size());
  return blob;
}

std::string manifest_of(const std::string& config, std::vector<oci::Descriptor> layers) {
  oci::Manifest manifest;
  manifest.media_type = oci::media::kManifest;
  manifest.config = describe(kCacheDocumentType, config);
  manifest.layers = std::move(layers);
  return oci::print_manifest(manifest);
}

Result<void> export_to_registry(const CachePlace& place, const CacheDocument& document, const Store& store,
                                const ImportedCache& imported, TransferObserver& observer) {
  HttpClient http;
  RegistriesConf conf = TRY(RegistriesConf::load());
  RegistrySource home = TRY(conf.home(place.name));
  auto registry = TRY(Registry::open(http, home.name, options_for(home, {})));
  std::vector<LayerToPush> layers;
  for (const oci::Digest& diff_id : document.diff_ids) {
    LayerToPush layer{diff_id, {}};
    auto blob = imported.blob_at(place, diff_id);
    if (blob) layer.known.push_back({*blob, registry->host(), registry->repository()});
    layers.push_back(std::move(layer));
  }
  auto pushed = TRY(push_layers(store, *registry, std::move(layers), place.compression, observer));
  std::string config = print_cache_document(document);
  TRY(upload_blob(*registry, http, sha256(config), config));
  RemoteManifest manifest;
  manifest.text = manifest_of(config, std::move(pushed));
  manifest.media_type = oci::media::kManifest;
  manifest.digest = sha256(manifest.text);
  return put_manifest(*registry, http, place.name.tag, manifest);
}

Result<oci::Descriptor> write_layer(const CacheFolder& folder, const oci::Digest& diff_id, const Store& store,
                                    const Compression& compression) {
  UniqueFd file = TRY(folder.begin_blob());
  BackgroundHash hash;
  oci::Descriptor blob;
  Compressor compressor(compression, [&](std::string_view data) {
    hash.update(data);
    blob.size += static_cast<std::int64_t>(data.size());
    return sys::write_all(file.get(), data);
  });
  TRY(read_layer_tar(store, diff_id, [&](std::string_view data) { return compressor.write(data); }));
  TRY(compressor.finish());
  blob.media_type = compression.media_type();
  blob.digest = hash.finish();
  TRY(folder.add_begun(blob.digest));
  remember_compressed(store, diff_id, compression, blob);
  return blob;
}

// The form in which the folder has the layer.
std::optional<oci::Descriptor> find_layer(const CacheFolder& folder, const CachePlace& place,
                                          const oci::Digest& diff_id, const Store& store,
                                          const ImportedCache& imported) {
  for (const auto& blob : {imported.blob_at(place, diff_id), find_compressed(store, diff_id, place.compression)}) {
    if (blob && folder.has_blob(*blob)) return blob;
  }
  return std::nullopt;
}

Result<void> export_to_folder(const CachePlace& place, const CacheDocument& document, const Store& store,
                              const ImportedCache& imported, TransferObserver& observer) {
  CacheFolder folder = TRY(CacheFolder::make(place.folder));
  std::vector<oci::Descriptor> layers;
  for (std::size_t i = 0; i < document.diff_ids.size(); ++i) {
    auto blob = find_layer(folder, place, document.diff_ids[i], store, imported);
    observer.finished(i, blob ? TransferObserver::Outcome::existed : TransferObserver::Outcome::done);
    if (!blob) blob = TRY(write_layer(folder, document.diff_ids[i], store, place.compression));
    layers.push_back(std::move(*blob));
  }
  std::string config = print_cache_document(document);
  std::string manifest = manifest_of(config, std::move(layers));
  TRY(folder.write(sha256(config), config));
  TRY(folder.write(sha256(manifest), manifest));
  return folder.tag(describe(oci::media::kManifest, manifest), place.tag);
}

}  // namespace

CacheDocument cache_document(const BuildCache& cache, std::span<const std::string> keys) {
  CacheDocument document;
  for (const std::string& key : keys) {
    auto record = cache.find(key);
    if (!record || !document.records.emplace(key, *record).second || !record->layer) continue;
    const oci::Digest& diff_id = record->layer->diff_id;
    if (std::ranges::find(document.diff_ids, diff_id) == document.diff_ids.end()) document.diff_ids.push_back(diff_id);
  }
  return document;
}

Result<void> export_cache(const CachePlace& place, CacheDocument document, const Store& store,
                          const ImportedCache& imported, const OutputSink& tell) {
  std::vector<oci::Digest> lacking;
  for (const oci::Digest& diff_id : document.diff_ids) {
    if (!imported.blob_at(place, diff_id)) lacking.push_back(diff_id);
  }
  TRY(imported.get_layers(store, lacking, tell));
  Departures departures(document.diff_ids, tell);
  if (place.type == CachePlace::Type::local) {
    return export_to_folder(place, document, store, imported, departures);
  }
  return export_to_registry(place, document, store, imported, departures);
}

}  // namespace aictr::images
