#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/criu.h"

namespace aictr::runtime {

// Runs criu to its end with our standard streams. `prepare` is done in its process before the exec; `cgroup` is a
// directory of cgroup v2 that it is born in. A failure is told in criu's own words, from `log` in its working
// directory.
struct CriuRun {
  std::vector<std::string> arguments;
  std::string log;
  std::vector<int> kept;  // descriptors of ours that it gets under the same number
  std::optional<int> cgroup;
  std::function<Result<void>()> prepare;
};
Result<void> run_criu(const CriuRun& run, const CriuOptions& options);

}  // namespace aictr::runtime
