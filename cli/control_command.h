#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct KillFlags {
  std::string signal = "KILL";
};

extern const CommandFor<KillFlags> kKillCommand;
Result<int> kill(const Globals& globals, const KillFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<NoFlags> kPauseCommand;
Result<int> pause(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<NoFlags> kUnpauseCommand;
Result<int> unpause(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<NoFlags> kWaitCommand;
Result<int> wait(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<NoFlags> kRenameCommand;
Result<int> rename(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
