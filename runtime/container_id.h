#pragma once

#include <string_view>

#include "base/result.h"

namespace aictr::runtime {

// [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 240 long: it becomes part of a file's name. Kind::usage.
Result<void> check_container_id(std::string_view id);

}  // namespace aictr::runtime
