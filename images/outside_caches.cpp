#include "images/outside_caches.h"

#include <algorithm>

#include <fmt/core.h>

#include "images/cache_export.h"

namespace aictr::images {
namespace {

bool is_inline(const CachePlace& place) {
  return place.type == CachePlace::Type::with_image;
}

}  // namespace

OutsideCaches::OutsideCaches(std::span<const CachePlace> from, std::span<const CachePlace> to, std::size_t steps,
                             BuildObserver& observer)
    : from_(from), to_(to), next_step_(steps + 1), observer_(observer) {}

std::size_t OutsideCaches::steps() const {
  auto inlined = std::ranges::count_if(to_, is_inline);
  return from_.size() + to_.size() - static_cast<std::size_t>(inlined);
}

template <class Work>
Result<void> OutsideCaches::step(const std::string& title, Work work) {
  std::size_t number = next_step_++;
  observer_.started(number, "", title);
  auto done = work([&](std::string_view text) { observer_.output(number, text); });
  observer_.finished(number, done.ok() ? BuildObserver::Outcome::done : BuildObserver::Outcome::failed, 0);
  return done;
}

void OutsideCaches::import_all() {
  for (const CachePlace& place : from_) {
    std::string title = fmt::format("importing the cache from {}", place.text());
    auto added = step(title, [&](const OutputSink&) { return imported_.add(place); });
    if (!added.ok()) observer_.warning(fmt::format("{}: {}", title, added.error().message));
  }
}

Result<std::string> OutsideCaches::with_inlined(std::string config, const BuildCache& cache,
                                                const BuiltStage& built) const {
  if (std::ranges::none_of(to_, is_inline)) return config;
  return with_inlined_document(config, cache_document(cache, built.keys));
}

Result<void> OutsideCaches::export_all(const BuildCache& cache, const Store& store,
                                       const std::vector<BuiltStage>& built) {
  for (const CachePlace& place : to_) {
    if (is_inline(place)) continue;
    std::vector<std::string> keys = built.back().keys;
    for (const BuiltStage& stage : built) {
      if (place.all_stages) keys.insert(keys.end(), stage.keys.begin(), stage.keys.end());
    }
    std::string title = fmt::format("exporting the cache to {}", place.text());
    auto exported = step(title, [&](const OutputSink& tell) {
      return export_cache(place, cache_document(cache, keys), store, imported_, tell);
    });
    if (exported.ok()) continue;
    if (!place.may_fail) return std::move(exported).error().context(title);
    observer_.warning(fmt::format("{}: {}", title, exported.error().message));
  }
  return {};
}

}  // namespace aictr::images
