#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

extern const CommandFor<NoFlags> kDiffCommand;
Result<int> diff(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
