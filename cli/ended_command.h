#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct EndedFlags {
  int code = 0;
  int claim = -1;
  std::vector<std::string> client;
};

// What a container's monitor becomes when the container has ended.
extern const CommandFor<EndedFlags> kEndedCommand;
Result<int> ended(const Globals& globals, const EndedFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
