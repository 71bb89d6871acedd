#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct StatsFlags {
  bool all = false;
  bool no_stream = false;
  bool no_trunc = false;
  std::string format;
};

extern const CommandFor<StatsFlags> kStatsCommand;
Result<int> stats(const Globals& globals, const StatsFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
