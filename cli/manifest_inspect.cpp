#include "images/manifest_inspect.h"

#include <fmt/core.h>

#include "base/base64.h"
#include "cli/manifest_inspect_command.h"
#include "cli/registry_flags.h"
#include "cli/report.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr int kIndent = 3;  // Docker's

Json platform_view(const oci::Platform& platform) {
  Json view(Json::Object{{"architecture", Json(platform.architecture)}, {"os", Json(platform.os)}});
  if (!platform.variant.empty()) view.set("variant", Json(platform.variant));
  return view;
}

// As `docker manifest inspect --verbose` shows one.
Result<Json> whole_view(const oci::Reference& name, const images::InspectedManifest& found) {
  const images::RemoteManifest& manifest = found.manifest;
  Json descriptor(Json::Object{{"mediaType", Json(manifest.media_type)},
                               {"digest", Json(manifest.digest.text())},
                               {"size", Json(static_cast<std::int64_t>(manifest.text.size()))}});
  if (found.platform) descriptor.set("platform", platform_view(*found.platform));
  Json content = TRY(oci::parse_json(manifest.text));
  oci::Reference exact = name;
  exact.digest = manifest.digest;
  bool is_oci = manifest.media_type == oci::media::kManifest;
  return Json(Json::Object{{"Ref", Json(exact.full())},
                           {"Descriptor", std::move(descriptor)},
                           {"Raw", Json(base64_encode(manifest.text))},
                           {is_oci ? "OCIManifest" : "SchemaV2Manifest", std::move(content)}});
}

}  // namespace

Result<int> manifest_inspect(const Globals&, const ManifestInspectFlags& flags,
                             const std::vector<std::string>& arguments) {
  bool tls_verify = flags.tls_verify && !flags.insecure;
  auto options = TRY(registry_options(tls_verify, flags.cert_dir, flags.authfile, flags.creds));
  auto name = TRY(oci::Reference::parse(arguments[0]));
  auto found =
      TRY_AS(fmt::format("'{}'", name.familiar()),
             images::inspect_manifest(name, options, flags.verbose ? images::Descend::yes : images::Descend::no));
  if (!flags.verbose) {
    Json content = TRY(oci::parse_json(found[0].manifest.text));
    TRY(print(oci::print_json(content, kIndent) + "\n"));
    return 0;
  }
  Json::Array views;
  for (const images::InspectedManifest& one : found) views.push_back(TRY(whole_view(name, one)));
  Json all = views.size() == 1 ? views[0] : Json(std::move(views));
  TRY(print(oci::print_json(all, kIndent) + "\n"));
  return 0;
}

}  // namespace aictr::cli
