#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

// What a monitor runs to ask for a container's health: exit code 0 when it is well.
extern const CommandFor<NoFlags> kHealthCommand;
Result<int> ask_for_health(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
