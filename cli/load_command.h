#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct LoadFlags {
  std::string file;
  bool quiet = false;
};

extern const CommandFor<LoadFlags> kLoadCommand;
Result<int> load(const Globals& globals, const LoadFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
