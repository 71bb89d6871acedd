#pragma once

#include <string_view>

#include "base/result.h"

namespace aictr {

// "SIGTERM", "TERM", "term", "15", "SIGRTMIN+3": the number. Kind::usage for what is none.
Result<int> parse_signal(std::string_view text);

}  // namespace aictr
