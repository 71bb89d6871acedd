#include "images/manifest_inspect.h"

#include "images/media_type.h"
#include "images/mirrors.h"

namespace aictr::images {
namespace {

using Found = std::vector<InspectedManifest>;

Result<Found> ask(const RegistrySource& source, const RegistryOptions& options, Descend descend) {
  HttpClient http;
  auto registry = TRY(Registry::open(http, source.name, options_for(source, options)));
  std::string wanted = source.name.digest ? source.name.digest->text() : source.name.tag;
  RemoteManifest top = TRY(fetch_manifest(*registry, http, wanted));
  Found found;
  if (descend == Descend::no || !media::is_index(top.media_type)) {
    found.push_back({std::move(top), std::nullopt});
    return found;
  }
  oci::Index index = TRY(oci::parse_index(top.text));
  for (const oci::Descriptor& entry : index.manifests) {
    RemoteManifest manifest = TRY(fetch_manifest(*registry, http, entry.digest.text()));
    found.push_back({std::move(manifest), entry.platform});
  }
  return found;
}

}  // namespace

Result<Found> inspect_manifest(const oci::Reference& name, const RegistryOptions& options, Descend descend) {
  RegistriesConf conf = TRY(RegistriesConf::load());
  std::vector<RegistrySource> sources = TRY(conf.sources(name));
  return get_from_any<Found>(sources, [&](const RegistrySource& source) { return ask(source, options, descend); });
}

}  // namespace aictr::images
