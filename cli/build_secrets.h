#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/step_mounts.h"

namespace aictr::cli {

// Reads what --secret ("id=NAME[,src=FILE|,env=VARIABLE]", of 500 KiB at most) and --ssh ("default" or "NAME=SOCKET")
// give. A secret without a source is our variable of that name, or else the file.
Result<images::BuildSecrets> read_build_secrets(const std::vector<std::string>& secrets,
                                                const std::vector<std::string>& ssh);

}  // namespace aictr::cli
