#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/layer.h"
#include "images/plan.h"
#include "images/source_tree.h"
#include "images/step_mounts.h"
#include "images/step_runner.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

// Does what a step says, on top of `layers`, and gives back the layer that came of it; nothing when nothing changed.
class StepExecutor {
 public:
  StepExecutor(const Store& store, StepRunner& runner, std::vector<std::string> proxies,
               std::optional<std::int64_t> source_date_epoch);

  using Layers = std::span<const oci::Digest>;

  Result<std::optional<Layer>> run(const RunAction& action, Layers layers, StepMounts mounts, const OutputSink& output);
  Result<std::optional<Layer>> make_directory(const MakeDirectoryAction& action, Layers layers);
  // `keep_owners`: what comes from a stage keeps them unless --chown says otherwise.
  Result<std::optional<Layer>> copy(const CopyAction& action, Layers layers, std::span<const SourceItem> items,
                                    bool keep_owners);

 private:
  // Works on a writable root file system made of `layers`; its descriptor is gone before the layer is taken.
  using Work = std::function<Result<void>(int root)>;
  Result<std::optional<Layer>> change(Layers layers, const Work& work, const Work& on_upper = {});

  const Store& store_;
  StepRunner& runner_;
  std::vector<std::string> proxies_;
  std::optional<std::int64_t> source_date_epoch_;
};

}  // namespace aictr::images
