#pragma once

#include <string>

#include "base/result.h"
#include "images/registry.h"
#include "oci/digest.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A manifest or an index, byte for byte as the registry has it.
struct RemoteManifest {
  std::string text;
  std::string media_type;
  oci::Digest digest;
};

// By tag or digest. The bytes are what the digest says, and are of one of the four known types: Kind::corrupt, or
// Kind::unsupported for Docker's schema 1. Kind::not_found when the registry has none.
Result<RemoteManifest> fetch_manifest(Registry& registry, HttpClient& http, const std::string& tag_or_digest);

// A small blob as a whole, such as a configuration, verified.
Result<std::string> fetch_blob(Registry& registry, HttpClient& http, const oci::Descriptor& blob);

Result<void> put_manifest(Registry& registry, HttpClient& http, const std::string& tag_or_digest,
                          const RemoteManifest& manifest);

// The type that a document says it has, or that its members tell; empty when nothing does.
std::string media_type_in(std::string_view manifest);

}  // namespace aictr::images
