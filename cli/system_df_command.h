#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct SystemDfFlags {
  std::string format;
};

extern const CommandFor<SystemDfFlags> kSystemDfCommand;
Result<int> system_df(const Globals& globals, const SystemDfFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
