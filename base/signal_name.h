#pragma once

#include <optional>
#include <string_view>

namespace aictr {

// The number of "SIGTERM", "term", "15", "RTMIN+3" or "SIGRTMAX-1", between 1 and the last real-time signal.
std::optional<int> signal_number(std::string_view name);

}  // namespace aictr
