#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/volume.h"

namespace aictr::cli {

struct PrunedVolumes {
  std::vector<std::string> names;
  std::int64_t bytes = 0;
};

// Removes the volumes that no container uses, those with a name only when `named` says so, as far as they are wanted.
Result<PrunedVolumes> prune_volumes(const std::string& root, bool named,
                                    const std::function<bool(const Volume&)>& wanted);

}  // namespace aictr::cli
