#include <fmt/core.h>

#include "cli/report.h"
#include "cli/version_command.h"

namespace aictr::cli {

Result<int> version(const Globals&, const VersionFlags&, const std::vector<std::string>&) {
  TRY(print(fmt::format("Client:\n Version:    {}\n", AICTR_VERSION)));
  return 0;
}

}  // namespace aictr::cli
