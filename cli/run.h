#pragma once

#include <string>
#include <vector>

#include "cli/global.h"
#include "cli/run_command.h"

namespace aictr::cli {

Result<int> run(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
