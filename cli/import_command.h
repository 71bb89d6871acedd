#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ImportFlags {
  std::vector<std::string> changes;
  std::string message;
};

extern const CommandFor<ImportFlags> kImportCommand;
Result<int> import_archive(const Globals& globals, const ImportFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
