#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct SystemCheckFlags {
  bool quiet = false;
  bool repair = false;
};

extern const CommandFor<SystemCheckFlags> kSystemCheckCommand;
Result<int> system_check(const Globals& globals, const SystemCheckFlags& flags,
                         const std::vector<std::string>& arguments);

}  // namespace aictr::cli
