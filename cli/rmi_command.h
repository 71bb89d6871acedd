#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct RmiFlags {
  bool force = false;
};

extern const CommandFor<RmiFlags> kRmiCommand;
Result<int> rmi(const Globals& globals, const RmiFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
