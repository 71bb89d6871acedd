#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/build_context.h"
#include "images/build_observer.h"
#include "images/cache_place.h"
#include "images/plan.h"
#include "images/step_mounts.h"
#include "images/step_runner.h"
#include "images/store.h"
#include "oci/reference.h"

namespace aictr::images {

struct BuildOptions {
  std::vector<BuildContext> contexts;  // the build's own, and further ones that FromContext means
  std::string dockerfile;              // what messages call the file; empty: "Dockerfile"
  std::string dockerfile_text;
  PlanOptions plan;
  std::vector<oci::Reference> names;  // of the image; without any it has an ID alone
  std::vector<std::string> proxies;   // NAME=value: what RUN steps see and nothing keeps
  BuildSecrets secrets;
  std::optional<std::int64_t> source_date_epoch;  // seconds: the time of everything that is later
  bool use_cache = true;
  std::size_t jobs = 1;      // stages that are built at the same time; more than one takes a caller with one thread
  bool always_pull = false;  // also what the store has; an ID it must have
  FindImage pull;            // gets an image that the store lacks; empty: the store has all
  std::vector<CachePlace> cache_from;  // the first first; one that cannot be read is a warning
  std::vector<CachePlace> cache_to;
};

// Builds what the Dockerfile says and adds it to the store. What was built before, also by a build that failed later,
// is taken from the cache. An error that lies in the Dockerfile has its place and lines.
Result<Image> build(const BuildOptions& options, Store& store, StepRunner& runner, BuildObserver& observer);

}  // namespace aictr::images
