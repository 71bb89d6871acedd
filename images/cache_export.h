#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "images/build_cache.h"
#include "images/cache_place.h"
#include "images/imported_cache.h"
#include "images/step_runner.h"
#include "images/store.h"

namespace aictr::images {

// The records of those keys, for print_cache_document().
CacheDocument cache_document(const BuildCache& cache, std::span<const std::string> keys);

// Leaves records and layers in a registry or a folder. A layer that is there already does not go again, also when it
// came from there and has never come into this store. `tell` hears what goes, from one thread at a time. The caller
// holds the store.
Result<void> export_cache(const CachePlace& place, CacheDocument document, const Store& store,
                          const ImportedCache& imported, const OutputSink& tell);

}  // namespace aictr::images
