#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/build_cache.h"
#include "images/build_observer.h"
#include "images/cache_key.h"
#include "images/file_digests.h"
#include "images/plan.h"
#include "images/source_tree.h"
#include "images/step_executor.h"
#include "oci/image_spec.h"

namespace aictr::images {

// What a stage has become.
struct BuiltStage {
  std::vector<oci::Digest> layers;
  std::vector<oci::History> history;
  std::string created;  // of the newest layer, RFC 3339; empty when there is none
};

// What the steps of all stages share.
struct StageTools {
  const Store& store;
  const BuildCache& cache;
  StepExecutor& executor;
  const SourceTree& context;
  FileDigests& context_digests;
  const BuildSecrets& secrets;
  BuildObserver& observer;
  bool use_cache = true;
  std::optional<std::int64_t> source_date_epoch;
};

// Builds the stages of a plan, one after the other.
class StageBuilder {
 public:
  StageBuilder(const Dockerfile& file, const Plan& plan, const StageTools& tools);

  // Of all stages, as the observer is told of them.
  std::size_t step_count() const;
  // A stage whose base and sources have been built.
  Result<void> build(const PlannedStage& stage);
  const BuiltStage& last() const { return built_.back(); }

 private:
  Result<BuiltStage> begin(const PlannedStage& stage);
  Result<void> apply(BuiltStage& into, const PlannedStep& step);
  Result<CacheRecord> find_or_make(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  Result<CacheRecord> run(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  Result<CacheRecord> copy(const BuiltStage& on, const PlannedStep& step, BuildObserver::Outcome& outcome);
  Result<std::vector<SourceItem>> find_items(const CopyAction& action, const SourceTree& tree) const;
  Result<std::vector<SourceItem>> find_items(const BindMount& bind) const;
  Result<std::string> content_of(const RunMount& mount) const;
  Result<SourceTree> tree_of(const FromStage& stage) const;

  template <class Make>
  Result<CacheRecord> cached(const std::string& key, const PlannedStep& step, BuildObserver::Outcome& outcome,
                             Make make) const;

  std::string title(const PlannedStage& stage, std::size_t index, const std::string& text) const;

  const Dockerfile& file_;
  const Plan& plan_;
  const StageTools& tools_;
  std::vector<BuiltStage> built_;
  std::size_t number_ = 0;  // of the observer's steps
};

}  // namespace aictr::images
