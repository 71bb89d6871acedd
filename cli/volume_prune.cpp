#include "cli/volume_prune.h"

#include <fcntl.h>

#include "base/disk_meter.h"
#include "cli/container_volumes.h"

namespace aictr::cli {

Result<PrunedVolumes> prune_volumes(const std::string& root, bool named,
                                    const std::function<bool(const Volume&)>& wanted) {
  Volumes volumes = TRY(Volumes::open(root));
  Containers containers = TRY(Containers::open(root));
  PrunedVolumes pruned;
  DiskMeter meter;
  for (const Volume& volume : TRY(volumes.list())) {
    if ((!volume.anonymous && !named) || !wanted(volume)) continue;
    std::int64_t bytes = TRY(meter.measure(AT_FDCWD, volumes.directory(volume)));
    auto removed = volumes.remove(volume.name, users_of_volumes(containers));
    if (!removed.ok() && (removed.error().kind == Kind::busy || removed.error().kind == Kind::not_found)) continue;
    TRY(std::move(removed));
    pruned.names.push_back(volume.name);
    pruned.bytes += bytes;
  }
  return pruned;
}

}  // namespace aictr::cli
