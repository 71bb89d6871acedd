#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "cli/run_command.h"

namespace aictr::cli {

// The flags with everything filled in that they take from the caller's surroundings: variables, files of variables and
// labels, relative paths. From then on they mean the same wherever and whenever a container is started again.
Result<RunFlags> settle_flags(const RunFlags& flags, const std::string& current_directory);

// --label-file and --label. Kind::usage for one without a key.
Result<std::map<std::string, std::string>> container_labels(const RunFlags& flags);

}  // namespace aictr::cli
