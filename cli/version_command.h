#pragma once

#include <string>

#include "cli/flags.h"

namespace aictr::cli {

struct VersionFlags {
  std::string format;
};

extern const CommandFor<VersionFlags> kVersionCommand;

}  // namespace aictr::cli
