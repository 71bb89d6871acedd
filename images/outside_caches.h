#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/build_cache.h"
#include "images/build_observer.h"
#include "images/built_stage.h"
#include "images/cache_place.h"
#include "images/imported_cache.h"
#include "images/store.h"

namespace aictr::images {

// The caches that a build takes from and leaves elsewhere: to the observer steps of no stage, behind all others.
class OutsideCaches {
 public:
  // `steps`: of all stages.
  OutsideCaches(std::span<const CachePlace> from, std::span<const CachePlace> to, std::size_t steps,
                BuildObserver& observer);

  std::size_t steps() const;
  const ImportedCache& imported() const { return imported_; }

  // One that cannot be read is a warning: the first build of all finds nothing.
  void import_all();
  // The configuration of the image with its own records in it, where that was asked for.
  Result<std::string> with_inlined(std::string config, const BuildCache& cache, const BuiltStage& built) const;
  // `built`: all stages, the image's own last. The caller holds the store.
  Result<void> export_all(const BuildCache& cache, const Store& store, const std::vector<BuiltStage>& built);

 private:
  template <class Work>
  Result<void> step(const std::string& title, Work work);

  std::span<const CachePlace> from_;
  std::span<const CachePlace> to_;
  std::size_t next_step_;
  BuildObserver& observer_;
  ImportedCache imported_;
};

}  // namespace aictr::images
