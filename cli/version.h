#pragma once

#include <string>
#include <vector>

#include "cli/global.h"
#include "cli/version_command.h"

namespace aictr::cli {

Result<int> version(const Globals& globals, const VersionFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
