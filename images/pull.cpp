#include "images/pull.h"

#include <algorithm>

#include <fmt/core.h>

#include "images/layer_pull.h"
#include "images/media_type.h"
#include "images/mirrors.h"
#include "images/platform_choice.h"
#include "images/registries_conf.h"
#include "images/registry_manifest.h"

namespace aictr::images {
namespace {

constexpr int kDeepestIndex = 3;  // an index may name indexes

class Pull {
 public:
  // `source`: where `name` is got from.
  Pull(Store& store, const oci::Reference& name, const RegistrySource& source, const PullOptions& options,
       TransferObserver& observer)
      : store_(store), name_(name), source_(source), options_(options), observer_(observer) {
    wanted_ = options.platform ? *options.platform : machine_platform();
  }

  Result<Pulled> run() {
    FileLock hold = TRY(store_.hold());
    registry_ = TRY(Registry::open(http_, source_.name, options_for(source_, options_.registry)));
    RemoteManifest top = TRY(fetch_manifest(*registry_, http_, name_.digest ? name_.digest->text() : name_.tag));
    RemoteManifest chosen = TRY(choose(top));
    Pulled pulled;
    pulled.digest = top.digest;
    pulled.is_new = !is_here(chosen.digest);

    oci::Manifest manifest = TRY(oci::parse_manifest(chosen.text));
    std::string config_text = TRY_AS("configuration", fetch_blob(*registry_, http_, manifest.config));
    oci::ImageConfig config = TRY(oci::parse_image_config(config_text));
    TRY(check(manifest, config));
    TRY(pull_layers(store_, *registry_, plan(manifest, config), observer_));
    pulled.image = TRY(store_.add_received(chosen.text, config_text, {local_name()}));
    return pulled;
  }

 private:
  // With a digest the tag beside it says nothing about what is pulled.
  oci::Reference local_name() const {
    oci::Reference name = name_;
    if (name.digest) name.tag.clear();
    return name;
  }

  bool is_here(const oci::Digest& manifest) const {
    auto known = store_.find(local_name().full());
    return known.ok() && known.value().manifest_digest == manifest;
  }

  Result<RemoteManifest> choose(RemoteManifest manifest) {
    for (int depth = 0; media::is_index(manifest.media_type); ++depth) {
      if (depth == kDeepestIndex) return make_error(Kind::corrupt, "indexes of indexes of indexes");
      oci::Index index = TRY(oci::parse_index(manifest.text));
      oci::Descriptor entry = TRY(choose_platform(index, wanted_));
      manifest = TRY(fetch_manifest(*registry_, http_, entry.digest.text()));
    }
    return manifest;
  }

  Result<void> check(const oci::Manifest& manifest, const oci::ImageConfig& config) const {
    if (manifest.layers.size() != config.diff_ids.size()) {
      return make_error(Kind::corrupt, fmt::format("the manifest names {} layers and the configuration {}",
                                                   manifest.layers.size(), config.diff_ids.size()));
    }
    if (options_.any_platform || suits(config.platform, wanted_)) return {};
    return make_error(
        Kind::not_found,
        fmt::format("the image is for {}, not for {}", print_platform(config.platform), print_platform(wanted_)),
        fmt::format("--platform {} gets it nevertheless", print_platform(config.platform)));
  }

  // What is missing, each once; the observer hears of all.
  std::vector<MissingLayer> plan(const oci::Manifest& manifest, const oci::ImageConfig& config) {
    std::vector<TransferItem> items;
    std::vector<MissingLayer> missing;
    std::vector<std::size_t> here;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
      const oci::Digest& diff_id = config.diff_ids[i];
      items.push_back({manifest.layers[i].digest.short_id(), manifest.layers[i].size});
      bool planned = std::ranges::any_of(missing, [&](const auto& one) { return one.diff_id == diff_id; });
      if (planned || store_.has_layer(diff_id)) {
        here.push_back(i);
      } else {
        missing.push_back({i, manifest.layers[i], diff_id});
      }
    }
    observer_.planned(items);
    for (std::size_t i : here) observer_.finished(i, TransferObserver::Outcome::existed);
    return missing;
  }

  Store& store_;
  const oci::Reference& name_;
  const RegistrySource& source_;
  const PullOptions& options_;
  TransferObserver& observer_;
  oci::Platform wanted_;
  HttpClient http_;
  std::unique_ptr<Registry> registry_;
};

}  // namespace

Result<Pulled> pull_image(Store& store, const oci::Reference& name, const PullOptions& options,
                          TransferObserver& observer) {
  RegistriesConf conf = TRY(RegistriesConf::load());
  std::vector<RegistrySource> sources = TRY(conf.sources(name));
  return get_from_any<Pulled>(
      sources, [&](const RegistrySource& source) { return Pull(store, name, source, options, observer).run(); });
}

}  // namespace aictr::images
