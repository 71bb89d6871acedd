#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct DoctorFlags {
  std::string format;
  bool quiet = false;
};

extern const CommandFor<DoctorFlags> kDoctorCommand;
Result<int> doctor(const Globals& globals, const DoctorFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
