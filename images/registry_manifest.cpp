#include "images/registry_manifest.h"

#include <fmt/core.h>

#include "base/text.h"
#include "images/hash.h"
#include "images/media_type.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

constexpr std::size_t kManifestLimit = 4U << 20;  // distribution-spec: what every registry must take
constexpr std::int64_t kBlobLimit = 16 << 20;

std::string without_parameters(std::string_view type) {
  return lower(trim(type.substr(0, type.find(';'))));
}

bool says_little(const std::string& type) {
  return type.empty() || type == "application/json" || type == "application/octet-stream" || type == "text/plain";
}

bool is_schema1(const std::string& type) {
  return type.find("distribution.manifest.v1") != std::string::npos;
}

// The header and the document name one type; either may be silent.
Result<std::string> agree_on_type(const std::string& header, const std::string& document) {
  if (says_little(header)) return document;
  if (is_schema1(header)) return header;
  bool differ = !document.empty() && document != header;
  if (differ) {
    return make_error(Kind::corrupt, fmt::format("the registry calls it '{}', it says it is '{}'", header, document));
  }
  return header;
}

Result<void> check_type(const std::string& type) {
  if (media::is_index(type) || media::is_manifest(type)) return {};
  if (is_schema1(type)) {
    return make_error(Kind::unsupported, "it is of Docker's schema 1, which no registry should have any more",
                      "push it again with a newer tool");
  }
  return make_error(Kind::corrupt, fmt::format("it is of the unknown type '{}'", type));
}

Result<RemoteManifest> read_manifest(const HttpResponse& response, const std::string& tag_or_digest) {
  if (response.body.size() > kManifestLimit) {
    return make_error(Kind::corrupt, fmt::format("it is longer than {} bytes", kManifestLimit));
  }
  RemoteManifest manifest;
  manifest.text = response.body;
  manifest.digest = sha256(manifest.text);
  auto wanted = oci::Digest::parse(tag_or_digest);
  if (wanted.ok() && wanted.value().algorithm() != "sha256") {
    return make_error(Kind::unsupported, fmt::format("digests of {} are not supported", wanted.value().algorithm()));
  }
  if (wanted.ok() && wanted.value() != manifest.digest) {
    return make_error(Kind::corrupt, fmt::format("what the registry sends has the digest {}", manifest.digest.text()));
  }
  std::string header = without_parameters(response.header("content-type"));
  manifest.media_type = TRY(agree_on_type(header, media_type_in(manifest.text)));
  TRY(check_type(manifest.media_type));
  return manifest;
}

}  // namespace

std::string media_type_in(std::string_view manifest) {
  auto json = oci::parse_json(manifest);
  if (!json.ok()) return {};
  const oci::Json* member = json.value().find("mediaType");
  const auto* text = member != nullptr ? member->as<std::string>() : nullptr;
  if (text != nullptr) return *text;
  if (json.value().find("manifests") != nullptr) return std::string(oci::media::kIndex);
  if (json.value().find("layers") != nullptr) return std::string(oci::media::kManifest);
  if (json.value().find("fsLayers") != nullptr) return "application/vnd.docker.distribution.manifest.v1+json";
  return {};
}

Result<RemoteManifest> fetch_manifest(Registry& registry, HttpClient& http, const std::string& tag_or_digest) {
  HttpRequest request;
  request.url = registry.url("/manifests/" + tag_or_digest);
  for (std::string_view type :
       {oci::media::kIndex, oci::media::kManifest, media::kDockerIndex, media::kDockerManifest}) {
    request.headers.push_back(fmt::format("Accept: {}", type));
  }
  HttpResponse response = TRY(registry.send(http, request, registry.pull_scope()));
  std::string what = fmt::format("manifest '{}' of '{}/{}'", tag_or_digest, registry.host(), registry.repository());
  if (!response.ok()) return registry_error(response, what);
  return TRY_AS(what, read_manifest(response, tag_or_digest));
}

Result<std::string> fetch_blob(Registry& registry, HttpClient& http, const oci::Descriptor& blob) {
  std::string what = fmt::format("blob {}", blob.digest.text());
  if (blob.size > kBlobLimit) {
    return make_error(Kind::corrupt, fmt::format("{}: {} bytes are too many here", what, blob.size));
  }
  HttpRequest request;
  request.url = registry.url("/blobs/" + blob.digest.text());
  HttpResponse response = TRY(registry.send(http, request, registry.pull_scope()));
  if (!response.ok()) return registry_error(response, what);
  oci::Digest digest = sha256(response.body);
  if (digest != blob.digest) {
    return make_error(Kind::corrupt, fmt::format("{}: what the registry sends has the digest {}", what, digest.text()));
  }
  return std::move(response.body);
}

Result<void> put_manifest(Registry& registry, HttpClient& http, const std::string& tag_or_digest,
                          const RemoteManifest& manifest) {
  HttpRequest request;
  request.method = "PUT";
  request.url = registry.url("/manifests/" + tag_or_digest);
  request.headers = {"Content-Type: " + manifest.media_type};
  request.body = manifest.text;
  HttpResponse response = TRY(registry.send(http, request, registry.push_scope()));
  if (response.ok()) return {};
  return registry_error(response, fmt::format("push manifest '{}'", tag_or_digest));
}

}  // namespace aictr::images
