#include "images/build.h"

#include <chrono>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/units.h"
#include "images/build_cache.h"
#include "images/build_context.h"
#include "images/outside_caches.h"
#include "images/stage_builder.h"
#include "images/stage_scheduler.h"

namespace aictr::images {
namespace {

std::string name_of_dockerfile(const BuildOptions& options) {
  return options.dockerfile.empty() ? "Dockerfile" : options.dockerfile;
}

FindImage find_in(const Store& store, const BuildOptions& options) {
  return [&store, &pull = options.pull, always = options.always_pull](std::string_view name) -> Result<Image> {
    if (always && pull && !name.starts_with("sha256:")) return pull(name);
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

Result<std::vector<BuiltStage>> build_in_order(const Dockerfile& file, const Plan& plan, const StageTools& tools) {
  std::vector<BuiltStage> built;
  auto find_stage = [&](std::size_t stage) -> Result<BuiltStage> { return built[stage]; };
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    built.push_back(TRY(StageBuilder(file, plan, i, tools, find_stage).build()));
  }
  return built;
}

}  // namespace

Result<Image> build(const BuildOptions& options, Store& store, StepRunner& runner, BuildObserver& observer) {
  FileLock hold = TRY(store.hold());
  Dockerfile file = TRY(parse_dockerfile(name_of_dockerfile(options), options.dockerfile_text));
  for (const std::string& warning : file.warnings) observer.warning(warning);
  std::vector<SourceTree> contexts;
  for (const BuildContext& context : options.contexts) contexts.push_back(TRY(open_build_context(context)));
  Plan plan = TRY(make_plan(file, options.plan, find_in(store, options)));

  std::size_t steps = steps_before(plan, plan.stages.size());
  OutsideCaches outside(options.cache_from, options.cache_to, steps, observer);
  observer.planned(steps + outside.steps());
  outside.import_all();
  BuildCache cache = TRY(BuildCache::open(store, outside.imported()));
  // What was fetched lies at another place each time, so remembering it helps nobody.
  const BuildContext& main = options.contexts.front();
  bool remembers = main.origin == BuildContext::Origin::here;
  FileDigests digests(store.fd(), remembers ? BuildCache::file_digests_path(main.path) : "");
  Defer save([&] { digests.save(); });  // after a failure too: the next build is the one that follows the mend
  StepExecutor executor(store, runner, options.proxies, options.source_date_epoch);
  StageTools tools{store,
                   cache,
                   executor,
                   contexts,
                   digests,
                   options.secrets,
                   observer,
                   options.use_cache,
                   options.source_date_epoch};
  bool at_once = options.jobs > 1 && plan.stages.size() > 1;
  std::vector<BuiltStage> stages =
      TRY(at_once ? build_at_once(file, plan, tools, options.jobs) : build_in_order(file, plan, tools));
  const BuiltStage& built = stages.back();
  TRY(cache.get_layers(built.layers, [](std::string_view) {}));
  std::string config = oci::print_image_config(configuration(plan.stages.back(), built, options));
  config = TRY(outside.with_inlined(std::move(config), cache, built));
  Image image = TRY(store.add_with_config(config, options.names));
  TRY(outside.export_all(cache, store, stages));
  return image;
}

}  // namespace aictr::images
