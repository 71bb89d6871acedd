#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aictr::runtime {

// What a process's standard streams were, beside criu's files as runc writes it ("descriptors.json"), so that pipes to
// somebody outside can be replaced by those of whoever restores it.
Result<void> save_streams(pid_t pid, const std::string& directory);

// Descriptors of ours, by what they stand for in the files.
Result<std::vector<std::pair<int, std::string>>> streams_to_replace(const std::string& directory);

}  // namespace aictr::runtime
