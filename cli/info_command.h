#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct InfoFlags {
  std::string format;
};

extern const CommandFor<InfoFlags> kInfoCommand;
Result<int> info(const Globals& globals, const InfoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
