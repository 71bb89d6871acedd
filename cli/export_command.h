#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ExportFlags {
  std::string output;
};

extern const CommandFor<ExportFlags> kExportCommand;
Result<int> export_archive(const Globals& globals, const ExportFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
