#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/background_hash.h"
#include "images/registry.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A blob on its way to a registry, whose digest and size are known at its end only (distribution-spec, "Pushing a blob
// in chunks"). A chunk is kept until the registry has it, so a broken connection costs one.
class BlobUpload {
 public:
  static Result<BlobUpload> begin(Registry& registry, HttpClient& http);

  Result<void> write(std::string_view data);
  // What the registry has now; without a media type.
  Result<oci::Descriptor> finish();
  // Lets the registry throw away what it has.
  void cancel();

 private:
  BlobUpload(Registry& registry, HttpClient& http) : registry_(&registry), http_(&http) {}
  Result<void> send_chunk();
  Result<HttpResponse> try_chunk();
  Result<void> ask_where_we_are();
  void remember_location(const HttpResponse& response);

  Registry* registry_;
  HttpClient* http_;
  std::string location_;  // absolute
  std::size_t chunk_size_ = 0;
  std::string chunk_;
  std::int64_t sent_ = 0;
  std::int64_t size_ = 0;
  BackgroundHash hash_;
};

// Whether the registry has it.
Result<bool> has_blob(Registry& registry, HttpClient& http, const oci::Digest& digest);

// Whether it could be taken from another repository of the same registry without sending it.
Result<bool> mount_blob(Registry& registry, HttpClient& http, const oci::Digest& digest, const std::string& from);

// A small one, unless it is there.
Result<void> upload_blob(Registry& registry, HttpClient& http, const oci::Digest& digest, std::string_view data);

}  // namespace aictr::images
