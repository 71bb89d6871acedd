#pragma once

// What RUN --mount=type=cache keeps from build to build, for people who look after it. Each of these needs the store
// alone: Kind::busy while a build, a pull or the making of a container is at work. Kind::not_found for an unknown id.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/byte_source.h"
#include "images/layer_pack.h"
#include "images/store.h"

namespace aictr::images {

struct CacheMountInfo {
  std::string id;          // the target unless the Dockerfile gives one
  std::int64_t bytes = 0;  // on the disk, as du(1) counts
  std::int64_t used = 0;   // when a step had it last, seconds since the epoch
};
// By id. The one that needs no exclusion.
Result<std::vector<CacheMountInfo>> list_cache_mounts(const Store& store);

Result<void> remove_cache_mount(const Store& store, const std::string& id);
// The files as a tar, without those of builds that had one apart (sharing=private).
Result<void> export_cache_mount(const Store& store, const std::string& id, const TarSink& sink);
// Puts the files of a tar, compressed or not, in the place of what is there.
Result<void> import_cache_mount(const Store& store, const std::string& id, ByteSource& tar);

}  // namespace aictr::images
