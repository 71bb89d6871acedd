#pragma once

#include <string_view>

#include "base/result.h"

namespace aictr::cli {

// Kind::denied, said before anything is begun, when this process lacks the capability ("CAP_SYS_ADMIN") that the
// command cannot do without.
Result<void> need_capability(std::string_view name);

}  // namespace aictr::cli
