#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "images/registry_auth.h"
#include "images/registry_manifest.h"
#include "oci/image_spec.h"
#include "oci/reference.h"

namespace aictr::images {

struct InspectedManifest {
  RemoteManifest manifest;
  std::optional<oci::Platform> platform;  // as an index says
};

enum class Descend { no, yes };

// What a name stands for at its registry or a mirror of it; the store has no part in it. With Descend::yes, and when it
// is an index, the manifests that the index names take its place.
Result<std::vector<InspectedManifest>> inspect_manifest(const oci::Reference& name, const RegistryOptions& options,
                                                        Descend descend);

}  // namespace aictr::images
