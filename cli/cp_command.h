#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct CpFlags {
  bool archive = false;
  bool follow_link = false;
  bool quiet = false;
};

extern const CommandFor<CpFlags> kCpCommand;
Result<int> cp(const Globals& globals, const CpFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
