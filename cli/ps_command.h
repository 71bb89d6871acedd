#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct PsFlags {
  bool all = false;
  bool quiet = false;
  bool latest = false;
  std::optional<int> last;
  bool no_trunc = false;
  std::vector<std::string> filter;
  std::string format;
};

extern const CommandFor<PsFlags> kPsCommand;
Result<int> ps(const Globals& globals, const PsFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
