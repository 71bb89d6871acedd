#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/build_cache.h"
#include "images/build_observer.h"
#include "images/built_stage.h"
#include "images/cache_key.h"
#include "images/file_digests.h"
#include "images/plan.h"
#include "images/source_tree.h"
#include "images/step_executor.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What the steps of all stages share.
struct StageTools {
  const Store& store;
  const BuildCache& cache;
  StepExecutor& executor;
  std::span<const SourceTree> contexts;  // as BuildOptions::contexts
  FileDigests& context_digests;
  const BuildSecrets& secrets;
  BuildObserver& observer;
  bool use_cache = true;
  std::optional<std::int64_t> source_date_epoch;
};

// Gives what a stage of the plan has become, when it has.
using FindStage = std::function<Result<BuiltStage>(std::size_t stage)>;

// Steps of the stages before this one of the plan, as the observer is told of them; of all: its size.
std::size_t steps_before(const Plan& plan, std::size_t stage);

// Builds a stage of a plan.
class StageBuilder {
 public:
  // `find_stage` is asked for the base, and for a stage that a step takes from right before that step.
  StageBuilder(const Dockerfile& file, const Plan& plan, std::size_t stage, const StageTools& tools,
               FindStage find_stage);

  Result<BuiltStage> build();

 private:
  Result<BuiltStage> begin();
  Result<void> apply(BuiltStage& into, const PlannedStep& step);
  Result<CacheRecord> find_or_make(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  Result<CacheRecord> run(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  Result<CacheRecord> copy(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome,
                           const SourceTree* stage = nullptr);
  Result<std::vector<SourceItem>> find_items(const CopyAction& action, const SourceTree& tree) const;
  Result<std::vector<SourceItem>> find_items(const BindMount& bind) const;
  Result<std::string> content_of(const RunMount& mount) const;
  Result<SourceTree> tree_of(const BuiltStage& built, const FromStage& stage) const;

  void warn_of_weight(const CopyAction& action, std::span<const SourceItem> items) const;
  Result<CacheRecord> copy_from_stage(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  template <class Make>
  Result<CacheRecord> cached(const BuiltStage& on, const std::string& key, const PlannedStep& step,
                             BuildObserver::Outcome& outcome, Make make);
  OutputSink sink() const;  // what the step that runs says

  std::string next_title(const std::string& text);

  const Dockerfile& file_;
  const Plan& plan_;
  const PlannedStage& stage_;
  const StageTools& tools_;
  FindStage find_stage_;
  bool use_cache_;
  std::size_t first_;              // of the observer's steps, less one
  std::size_t number_;             // of the one that runs
  std::vector<std::string> keys_;  // of the steps so far
};

}  // namespace aictr::images
