#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct SystemPruneFlags {
  bool all = false;
  bool force = false;
  bool volumes = false;
};

extern const CommandFor<SystemPruneFlags> kSystemPruneCommand;
Result<int> system_prune(const Globals& globals, const SystemPruneFlags& flags,
                         const std::vector<std::string>& arguments);

}  // namespace aictr::cli
