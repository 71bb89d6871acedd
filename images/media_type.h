#pragma once

#include <string>
#include <string_view>

#include "oci/image_spec.h"

namespace aictr::images::media {

// Docker's names of what the OCI has its own for (distribution, spec/manifest-v2-2.md).
inline constexpr std::string_view kDockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

inline constexpr std::string_view kLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

inline bool is_index(std::string_view type) {
  return type == oci::media::kIndex || type == kDockerIndex;
}
inline bool is_manifest(std::string_view type) {
  return type == oci::media::kManifest || type == kDockerManifest;
}

}  // namespace aictr::images::media
