#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct InspectFlags {
  std::string format;
  std::string type;
};

extern const CommandFor<InspectFlags> kInspectCommand;
Result<int> inspect(const Globals& globals, const InspectFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
