#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct LogsFlags {
  bool details = false;
  bool follow = false;
  std::string since;
  std::string until;
  std::string tail = "all";
  bool timestamps = false;
};

extern const CommandFor<LogsFlags> kLogsCommand;
Result<int> logs(const Globals& globals, const LogsFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
