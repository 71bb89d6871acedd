#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct SaveFlags {
  std::string file;
};

extern const CommandFor<SaveFlags> kSaveCommand;
Result<int> save(const Globals& globals, const SaveFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
