#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

extern const CommandFor<NoFlags> kHelpCommand;
Result<int> help(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

// Writes a man page for every command into a directory; the installation calls it.
extern const CommandFor<NoFlags> kManCommand;
Result<int> man(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
