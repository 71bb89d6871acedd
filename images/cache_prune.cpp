#include "images/cache_prune.h"

#include <fmt/core.h>

#include "base/file.h"
#include "images/store_layout.h"

namespace aictr::images {

Result<void> prune_build_cache(const Store& store) {
  auto alone = FileLock::try_acquire(store.fd(), layout::kHold, FileLock::Mode::exclusive);
  if (!alone.ok() && alone.error().kind == Kind::busy) {
    return make_error(Kind::busy, "the build cache is in use", "wait until builds and pulls have ended");
  }
  FileLock keep = TRY(std::move(alone));
  // Nobody uses a cache mount now, so their locks can go with them.
  for (const char* part : {layout::kCacheSteps, layout::kCacheClaims, layout::kCacheFiles, layout::kCacheMounts,
                           layout::kCacheCompressed}) {
    TRY(remove_tree(store.fd(), part));
  }
  return {};
}

}  // namespace aictr::images
