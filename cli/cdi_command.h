#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct CdiListFlags {
  std::vector<std::string> spec_dir;
  std::string format;
};

struct CdiValidateFlags {
  std::vector<std::string> spec_dir;
};

struct CdiGenerateFlags {
  std::string output;
  std::string format = "yaml";
};

extern const CommandFor<CdiListFlags> kCdiListCommand;
Result<int> cdi_list(const Globals& globals, const CdiListFlags& flags, const std::vector<std::string>& arguments);

extern const CommandFor<CdiValidateFlags> kCdiValidateCommand;
Result<int> cdi_validate(const Globals& globals, const CdiValidateFlags& flags,
                         const std::vector<std::string>& arguments);

extern const CommandFor<CdiGenerateFlags> kCdiGenerateCommand;
Result<int> cdi_generate(const Globals& globals, const CdiGenerateFlags& flags,
                         const std::vector<std::string>& arguments);

}  // namespace aictr::cli
