#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ImagePruneFlags {
  bool all = false;
  bool force = false;
};

extern const CommandFor<ImagePruneFlags> kImagePruneCommand;
Result<int> image_prune(const Globals& globals, const ImagePruneFlags& flags,
                        const std::vector<std::string>& arguments);

}  // namespace aictr::cli
