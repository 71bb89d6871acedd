#include "images/imported_cache.h"

#include <fcntl.h>

#include <algorithm>
#include <mutex>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/units.h"
#include "images/cache_folder.h"
#include "images/layer_pull.h"
#include "images/layer_receive.h"
#include "images/media_type.h"
#include "images/platform_choice.h"
#include "images/registries_conf.h"
#include "images/registry_manifest.h"

namespace aictr::images {
namespace {

// Says what comes, as the output of the step that needs it.
class Arrivals : public TransferObserver {
 public:
  Arrivals(std::span<const MissingLayer> layers, const OutputSink& tell) : layers_(layers), tell_(tell) {}
  void planned(const std::vector<TransferItem>&) override {}
  void moved(std::size_t, std::int64_t) override {}
  void finished(std::size_t item, Outcome) override {
    std::lock_guard lock(mutex_);
    const MissingLayer& layer = layers_[item];
    tell_(fmt::format("layer {} comes from the imported cache ({})\n", layer.diff_id.short_id(),
                      decimal_size(static_cast<std::uint64_t>(layer.blob.size))));
  }

 private:
  std::span<const MissingLayer> layers_;
  const OutputSink& tell_;
  std::mutex mutex_;
};

// A manifest and the configuration that it names.
struct Documents {
  oci::Manifest manifest;
  std::string config;
};

Result<std::unique_ptr<Registry>> open_registry(HttpClient& http, const oci::Reference& name) {
  RegistriesConf conf = TRY(RegistriesConf::load());
  RegistrySource home = TRY(conf.home(name));
  return Registry::open(http, home.name, options_for(home, {}));
}

Result<Documents> read_registry(const oci::Reference& name) {
  HttpClient http;
  auto registry = TRY(open_registry(http, name));
  RemoteManifest found = TRY(fetch_manifest(*registry, http, name.digest ? name.digest->text() : name.tag));
  if (media::is_index(found.media_type)) {
    oci::Index index = TRY(oci::parse_index(found.text));
    oci::Descriptor entry = TRY(choose_platform(index, machine_platform()));
    found = TRY(fetch_manifest(*registry, http, entry.digest.text()));
  }
  Documents documents;
  documents.manifest = TRY(oci::parse_manifest(found.text));
  documents.config = TRY(fetch_blob(*registry, http, documents.manifest.config));
  return documents;
}

Result<Documents> read_folder(const CachePlace& place) {
  CacheFolder folder = TRY(CacheFolder::open(place.folder));
  Documents documents;
  std::string text = TRY(folder.manifest(place.tag));
  documents.manifest = TRY(oci::parse_manifest(text));
  documents.config = TRY(folder.read(documents.manifest.config.digest));
  return documents;
}

Result<CacheDocument> document_of(const Documents& found) {
  if (found.manifest.config.media_type == kCacheDocumentType) return parse_cache_document(found.config);
  bool image = found.manifest.config.media_type == oci::media::kConfig ||
               found.manifest.config.media_type == media::kDockerConfig;
  if (!image) return make_error(Kind::unsupported, "it is the cache of another builder");
  oci::ImageConfig config = TRY(oci::parse_image_config(found.config));
  auto document = TRY(inlined_document(found.config));
  if (!document) {
    return make_error(Kind::not_found, "the image has no build cache in it", "build it with --cache-to type=inline");
  }
  document->diff_ids = std::move(config.diff_ids);
  return std::move(*document);
}

Result<void> pull_from_folder(const Store& store, const std::string& path, std::span<const MissingLayer> layers,
                              TransferObserver& observer) {
  CacheFolder folder = TRY(CacheFolder::open(path));
  for (const MissingLayer& layer : layers) {
    UniqueFd blob = TRY(folder.open_blob(layer.blob.digest));
    FdSource bytes(blob.get());
    TRY_AS(fmt::format("layer {}", layer.diff_id.short_id()),
           receive_layer(store, bytes, layer.blob.size, layer.diff_id));
    observer.finished(layer.item, TransferObserver::Outcome::done);
  }
  return {};
}

Result<void> pull_from_registry(const Store& store, const oci::Reference& name, std::span<const MissingLayer> layers,
                                TransferObserver& observer) {
  HttpClient http;
  auto registry = TRY(open_registry(http, name));
  return pull_layers(store, *registry, layers, observer);
}

}  // namespace

std::string CachePlace::text() const {
  if (type == Type::with_image) return "the image";
  return fmt::format("'{}'", type == Type::local ? folder : name.familiar());
}

Result<void> ImportedCache::add(const CachePlace& place) {
  bool local = place.type == CachePlace::Type::local;
  Documents found = TRY(local ? read_folder(place) : read_registry(place.name));
  Source source{place, TRY(document_of(found)), {}};
  if (source.document.diff_ids.size() != found.manifest.layers.size()) {
    return make_error(Kind::corrupt, "its manifest and its configuration name different numbers of layers");
  }
  for (std::size_t i = 0; i < found.manifest.layers.size(); ++i) {
    source.blobs.emplace(source.document.diff_ids[i], found.manifest.layers[i]);
  }
  sources_.push_back(std::move(source));
  return {};
}

const CacheRecord* ImportedCache::find(const std::string& key) const {
  for (const Source& source : sources_) {
    auto found = source.document.records.find(key);
    if (found != source.document.records.end()) return &found->second;
  }
  return nullptr;
}

bool ImportedCache::has_layer(const oci::Digest& diff_id) const {
  return std::ranges::any_of(sources_, [&](const Source& source) { return source.blobs.contains(diff_id); });
}

std::optional<oci::Descriptor> ImportedCache::blob_at(const CachePlace& place, const oci::Digest& diff_id) const {
  for (const Source& source : sources_) {
    auto blob = source.blobs.find(diff_id);
    bool there = source.place.type == place.type && source.place.folder == place.folder &&
                 source.place.name.host == place.name.host && source.place.name.repository == place.name.repository;
    if (there && blob != source.blobs.end()) return blob->second;
  }
  return std::nullopt;
}

Result<void> ImportedCache::get_layers(const Store& store, std::span<const oci::Digest> layers,
                                       const OutputSink& tell) const {
  for (const Source& source : sources_) {
    std::vector<MissingLayer> missing;
    for (const oci::Digest& diff_id : layers) {
      auto blob = source.blobs.find(diff_id);
      bool planned = std::ranges::find(missing, diff_id, &MissingLayer::diff_id) != missing.end();
      if (blob == source.blobs.end() || planned || store.has_layer(diff_id)) continue;
      missing.push_back({missing.size(), blob->second, diff_id});
    }
    if (missing.empty()) continue;
    Arrivals arrivals(missing, tell);
    bool local = source.place.type == CachePlace::Type::local;
    auto got = local ? pull_from_folder(store, source.place.folder, missing, arrivals)
                     : pull_from_registry(store, source.place.name, missing, arrivals);
    TRY_AS(fmt::format("build cache {}", source.place.text()), std::move(got));
  }
  return {};
}

}  // namespace aictr::images
