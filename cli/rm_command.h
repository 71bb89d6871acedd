#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct RmFlags {
  bool force = false;
  bool volumes = false;
};

extern const CommandFor<RmFlags> kRmCommand;
Result<int> rm(const Globals& globals, const RmFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
