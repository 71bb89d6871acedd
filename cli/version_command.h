#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct VersionFlags {
  std::string format;
};

extern const CommandFor<VersionFlags> kVersionCommand;
Result<int> version(const Globals& globals, const VersionFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
