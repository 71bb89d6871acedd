#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct StopFlags {
  std::string signal;
  std::optional<int> time;
};

extern const CommandFor<StopFlags> kStopCommand;
Result<int> stop(const Globals& globals, const StopFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<StopFlags> kRestartCommand;
Result<int> restart(const Globals& globals, const StopFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
