#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct HistoryFlags {
  bool human = true;
  bool quiet = false;
  bool no_trunc = false;
  std::string format;
};

extern const CommandFor<HistoryFlags> kHistoryCommand;
Result<int> history(const Globals& globals, const HistoryFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
