#include "cli/container_volumes.h"

#include <algorithm>
#include <optional>

namespace aictr::cli {

Volumes::Users users_of_volumes(const Containers& containers) {
  return [&containers](const std::string& volume) -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    for (const Container& container : TRY(containers.list())) {
      bool has = std::ranges::any_of(container.mounts, [&](const ContainerMount& m) { return m.volume == volume; });
      if (has) names.push_back(container.name);
    }
    return names;
  };
}

Result<void> remove_anonymous_volumes(const Containers& containers, const Container& container) {
  std::optional<Volumes> volumes;
  for (const ContainerMount& mount : container.mounts) {
    if (!mount.anonymous) continue;
    if (!volumes) volumes = TRY(Volumes::open(containers.root()));
    auto removed = volumes->remove(mount.volume, users_of_volumes(containers));
    bool kept = !removed.ok() && (removed.error().kind == Kind::busy || removed.error().kind == Kind::not_found);
    if (!kept) TRY(std::move(removed));
  }
  return {};
}

}  // namespace aictr::cli
