#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ImagesFlags {
  bool all = false;
  bool digests = false;
  bool quiet = false;
  bool no_trunc = false;
  std::vector<std::string> filter;
  std::string format;
};

extern const CommandFor<ImagesFlags> kImagesCommand;
Result<int> images(const Globals& globals, const ImagesFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
