#include "images/build.h"

#include <chrono>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/units.h"
#include "images/build_cache.h"
#include "images/build_context.h"
#include "images/stage_builder.h"

namespace aictr::images {
namespace {

std::string name_of_dockerfile(const BuildOptions& options) {
  return options.dockerfile.empty() ? "Dockerfile" : options.dockerfile;
}

FindImage find_in(const Store& store, const FindImage& pull) {
  return [&store, &pull](std::string_view name) -> Result<Image> {
    auto image = store.find(name);
    if (image.ok() || image.error().kind != Kind::not_found) return image;
    if (pull) return pull(name);
    return std::move(image).error().with_hint(
        fmt::format("`aictr images` lists what there is; `scripts/base-image {}` makes some that are known", name));
  };
}

oci::ImageConfig configuration(const PlannedStage& stage, const BuiltStage& built, const BuildOptions& options) {
  oci::ImageConfig config;
  config.platform = stage.platform;
  config.author = stage.author;
  config.config = stage.config;
  config.diff_ids = built.layers;
  config.history = built.history;
  config.created = built.created;
  if (options.source_date_epoch) {
    config.created = rfc3339(std::chrono::system_clock::time_point(std::chrono::seconds(*options.source_date_epoch)));
  } else if (config.created.empty()) {
    config.created = rfc3339(std::chrono::system_clock::now());
  }
  return config;
}

}  // namespace

Result<Image> build(const BuildOptions& options, Store& store, StepRunner& runner, BuildObserver& observer) {
  FileLock hold = TRY(store.hold());
  Dockerfile file = TRY(parse_dockerfile(name_of_dockerfile(options), options.dockerfile_text));
  for (const std::string& warning : file.warnings) observer.warning(warning);
  SourceTree context = TRY(open_build_context(options.context, options.dockerfile));
  Plan plan = TRY(make_plan(file, options.plan, find_in(store, options.pull)));

  BuildCache cache = TRY(BuildCache::open(store));
  FileDigests digests(store.fd(), BuildCache::file_digests_path(options.context));
  Defer save([&] { digests.save(); });  // after a failure too: the next build is the one that follows the mend
  StepExecutor executor(store, runner, options.proxies, options.source_date_epoch);
  StageTools tools{store,
                   cache,
                   executor,
                   context,
                   digests,
                   options.secrets,
                   observer,
                   options.use_cache,
                   options.source_date_epoch};
  StageBuilder builder(file, plan, tools);
  observer.planned(builder.step_count());
  for (const PlannedStage& stage : plan.stages) TRY(builder.build(stage));

  return store.add(configuration(plan.stages.back(), builder.last(), options), options.names);
}

}  // namespace aictr::images
