#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::runtime {

// The file that the process's first argument names: as it stands when it holds a slash, else looked for in the PATH of
// its own environment. In the container, as the user who is to execute it. Kind::not_found, or Kind::denied when there
// is a file that may not be executed, in the words that callers of runc look for.
Result<std::string> find_executable(const std::string& name, const std::vector<std::string>& environment);

// Of entries of one name the last one stays; HOME is added, from /etc/passwd, when it is missing.
std::vector<std::string> complete_environment(const std::vector<std::string>& environment, uid_t uid,
                                              std::string_view passwd);

}  // namespace aictr::runtime
