#include "images/stage_builder.h"

#include <fcntl.h>

#include <chrono>

#include <fmt/core.h>

#include "base/units.h"
#include "images/clean_path.h"
#include "images/content_digest.h"
#include "images/context_weight.h"
#include "images/downloads.h"
#include "images/snapshot.h"

namespace aictr::images {
namespace {

using Outcome = BuildObserver::Outcome;

std::string time_of(std::optional<std::int64_t> epoch) {
  if (!epoch) return rfc3339(std::chrono::system_clock::now());
  return rfc3339(std::chrono::system_clock::time_point(std::chrono::seconds(*epoch)));
}

// Taking an image as the base is a step that people see.
std::size_t steps_of(const PlannedStage& stage) {
  return stage.action_count() + (std::holds_alternative<Image>(stage.base) ? 1 : 0);
}

std::size_t digits(std::size_t number) {
  return std::to_string(number).size();
}

}  // namespace

std::size_t steps_before(const Plan& plan, std::size_t stage) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < stage; ++i) count += steps_of(plan.stages[i]);
  return count;
}

StageBuilder::StageBuilder(const Dockerfile& file, const Plan& plan, std::size_t stage, const StageTools& tools,
                           FindStage find_stage)
    : file_(file),
      plan_(plan),
      stage_(plan.stages[stage]),
      tools_(tools),
      find_stage_(std::move(find_stage)),
      use_cache_(tools.use_cache && stage_.may_be_cached),
      first_(steps_before(plan, stage)),
      number_(first_) {}

Result<BuiltStage> StageBuilder::build() {
  BuiltStage built = TRY(begin());
  if (std::holds_alternative<Image>(stage_.base)) {
    std::string title = next_title(stage_.title);
    tools_.observer.started(number_, stage_.name, title);
    tools_.observer.finished(number_, Outcome::cached, std::get<Image>(stage_.base).size);
  }
  for (const PlannedStep& step : stage_.steps) {
    if (step.acts()) {
      std::string title = next_title(step.title);
      tools_.observer.started(number_, stage_.name, title);
    }
    auto applied = apply(built, step);
    if (!applied.ok()) {
      Error error = std::move(applied).error();
      tools_.observer.finished(number_, Outcome::failed, 0);
      return file_.error_at(step.lines, std::move(error));
    }
  }
  built.keys.insert(built.keys.end(), keys_.begin(), keys_.end());
  return built;
}

std::string StageBuilder::next_title(const std::string& text) {
  ++number_;
  std::size_t count = steps_of(stage_);
  std::string name = plan_.several_stages ? stage_.name + " " : "";
  return fmt::format("[{}{:>{}}/{}] {}", name, number_ - first_, digits(count), count, text);
}

Result<BuiltStage> StageBuilder::begin() {
  if (const auto* parent = std::get_if<FromStage>(&stage_.base)) return find_stage_(parent->stage);
  BuiltStage built;
  const auto* image = std::get_if<Image>(&stage_.base);
  if (image == nullptr) return built;
  built.layers = image->config.diff_ids;
  built.history = image->config.history;
  built.created = image->config.created;
  return built;
}

Result<void> StageBuilder::apply(BuiltStage& into, const PlannedStep& step) {
  oci::History history;
  history.created_by = step.created_by;
  history.comment = "aictr.dockerfile.v1";
  history.empty_layer = true;
  if (step.acts()) {
    Outcome outcome = Outcome::done;
    CacheRecord record = TRY(find_or_make(into, step, outcome));
    if (record.layer) {
      into.layers.push_back(record.layer->diff_id);
      into.created = record.created;
      history.empty_layer = false;
    }
    tools_.observer.finished(number_, outcome, record.layer ? record.layer->size : 0);
  }
  history.created = tools_.source_date_epoch ? time_of(tools_.source_date_epoch) : into.created;
  into.history.push_back(std::move(history));
  return {};
}

// What the step did before with the same key, or does now.
template <class Make>
Result<CacheRecord> StageBuilder::cached(const BuiltStage& on, const std::string& key, const PlannedStep& step,
                                         Outcome& outcome, Make make) {
  keys_.push_back(key);
  std::optional<CacheRecord> known;
  std::optional<BuildCache::Claim> claim;
  if (use_cache_) known = tools_.cache.find(key);
  if (use_cache_ && !known) {
    auto waits = [&] { sink()("another build is at this step: waiting for it\n"); };
    claim.emplace(TRY(tools_.cache.claim(key, waits)));
    known = tools_.cache.find(key);
  }
  if (known) {
    outcome = Outcome::cached;
    return std::move(*known);
  }
  TRY(tools_.cache.get_layers(on.layers, sink()));
  std::optional<Layer> layer = TRY(make());
  CacheRecord record{std::move(layer), time_of(tools_.source_date_epoch), step.title};
  TRY(tools_.cache.save(key, record));
  return record;
}

OutputSink StageBuilder::sink() const {
  return [this](std::string_view text) { tools_.observer.output(number_, text); };
}

Result<CacheRecord> StageBuilder::find_or_make(const BuiltStage& on, const PlannedStep& step, Outcome& outcome) {
  if (const auto* action = std::get_if<CopyAction>(&step.action)) {
    bool from_stage = std::holds_alternative<FromStage>(action->origin);
    return from_stage ? copy_from_stage(on, step, outcome) : copy(on, step, outcome);
  }
  if (std::holds_alternative<RunAction>(step.action)) return run(on, step, outcome);
  const auto& directory = std::get<MakeDirectoryAction>(step.action);
  return cached(on, key_of(directory, on.layers, tools_.source_date_epoch), step, outcome,
                [&] { return tools_.executor.make_directory(directory, on.layers); });
}

Result<SourceTree> StageBuilder::tree_of(const BuiltStage& built, const FromStage& stage) const {
  TRY(tools_.cache.get_layers(built.layers, sink()));
  UniqueFd root = TRY(mount_layers(tools_.store, built.layers, std::nullopt));
  return SourceTree(fmt::format("stage '{}'", plan_.stages[stage.stage].name), std::move(root));
}

Result<std::vector<SourceItem>> StageBuilder::find_items(const BindMount& bind) const {
  if (const auto* context = std::get_if<FromContext>(&bind.origin)) {
    return tools_.contexts[context->context].find(bind.source, {});
  }
  const auto& stage = std::get<FromStage>(bind.origin);
  BuiltStage built = TRY(find_stage_(stage.stage));
  SourceTree tree = TRY(tree_of(built, stage));
  return tree.find(bind.source, {});
}

// What of a mount decides the step's result. A stage counts by its layers, which is cheaper than to read its files.
Result<std::string> StageBuilder::content_of(const RunMount& mount) const {
  const auto* bind = std::get_if<BindMount>(&mount.what);
  if (bind == nullptr) return std::string();
  if (const auto* stage = std::get_if<FromStage>(&bind->origin)) {
    BuiltStage built = TRY(find_stage_(stage->stage));
    return CacheKey(bind->source, built.layers, std::nullopt).finish();
  }
  std::string all;
  for (const SourceItem& item : TRY(find_items(*bind))) {
    all += TRY(content_digest(item, Owners::do_not, tools_.context_digests));
  }
  return all;
}

Result<CacheRecord> StageBuilder::run(const BuiltStage& on, const PlannedStep& step, Outcome& outcome) {
  const auto& action = std::get<RunAction>(step.action);
  std::vector<std::string> contents;
  for (const RunMount& mount : action.mounts) {
    contents.push_back(TRY_AS(fmt::format("mount '{}'", mount.target), content_of(mount)));
  }
  auto make = [&]() -> Result<std::optional<Layer>> {
    StepMounts mounts = TRY(StepMounts::prepare(action.mounts, tools_.store, tools_.secrets,
                                                [&](const BindMount& bind) { return find_items(bind); }));
    return tools_.executor.run(action, on.layers, std::move(mounts), sink());
  };
  return cached(on, key_of(action, contents, on.layers, tools_.source_date_epoch), step, outcome, make);
}

Result<std::vector<SourceItem>> StageBuilder::find_items(const CopyAction& action, const SourceTree& tree) const {
  IgnoreRules excludes = TRY_AS("--exclude", IgnoreRules::of_patterns(action.excludes));
  std::vector<SourceItem> items;
  for (const std::string& source : action.sources) {
    auto found = action.parents ? tree.find_with_parents(source, excludes) : tree.find(source, excludes);
    for (SourceItem& item : TRY(std::move(found))) items.push_back(std::move(item));
  }
  return items;
}

// A single folder; of several, and of wildcards, nobody knows what is whose.
void StageBuilder::warn_of_weight(const CopyAction& action, std::span<const SourceItem> items) const {
  if (action.parents || action.sources.size() != 1 || items.size() != 1 || !items.front().is_directory()) return;
  std::string warning = context_warning(path_below_root(action.sources.front()), items.front().entries);
  if (!warning.empty()) tools_.observer.warning(warning);
}

// First by what the stage is made of: when that is known its files need not be there, let alone be read.
Result<CacheRecord> StageBuilder::copy_from_stage(const BuiltStage& on, const PlannedStep& step, Outcome& outcome) {
  const auto& action = std::get<CopyAction>(step.action);
  const auto& from = std::get<FromStage>(action.origin);
  BuiltStage built = TRY(find_stage_(from.stage));
  std::string key = key_of_stage_copy(action, built.layers, on.layers, tools_.source_date_epoch);
  if (use_cache_) {
    if (auto known = tools_.cache.find(key)) {
      keys_.push_back(key);
      outcome = Outcome::cached;
      return std::move(*known);
    }
  }
  SourceTree tree = TRY(tree_of(built, from));
  CacheRecord record = TRY(copy(on, step, outcome, &tree));
  TRY(tools_.cache.save(key, record));
  keys_.push_back(std::move(key));
  return record;
}

// `stage`: the files of the one that is copied from; null for a context.
Result<CacheRecord> StageBuilder::copy(const BuiltStage& on, const PlannedStep& step, Outcome& outcome,
                                       const SourceTree* stage) {
  const auto& action = std::get<CopyAction>(step.action);
  const auto* context = std::get_if<FromContext>(&action.origin);
  FileDigests stage_digests;  // of what is not in the context
  const SourceTree& tree = stage != nullptr ? *stage : tools_.contexts[context->context];
  FileDigests& digests = stage != nullptr ? stage_digests : tools_.context_digests;
  std::vector<SourceItem> items = TRY(find_items(action, tree));
  if (stage == nullptr && context->context == 0) warn_of_weight(action, items);
  std::vector<CopiedItem> copied;
  Owners owners = stage != nullptr && action.chown.empty() ? Owners::count : Owners::do_not;
  for (const SourceItem& item : items) {
    std::string digest = TRY(content_digest(item, owners, digests));
    copied.push_back({item.name, std::move(digest)});
  }
  Downloads downloads = TRY(Downloads::find(action, tools_.store));
  for (CopiedItem& download : TRY(downloads.identities(stage_digests))) copied.push_back(std::move(download));
  auto make = [&]() -> Result<std::optional<Layer>> {
    for (SourceItem& item : items) item.unpack = action.unpack;
    for (SourceItem& item : TRY(downloads.items())) {
      item.unpack = action.unpack_downloads;
      items.push_back(std::move(item));
    }
    return tools_.executor.copy(action, on.layers, items, stage != nullptr);
  };
  return cached(on, key_of(action, copied, on.layers, tools_.source_date_epoch), step, outcome, make);
}

}  // namespace aictr::images
