#include "base/signals.h"

#include <signal.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr {
namespace {

std::optional<int> number_of(std::string_view name) {
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) return number;
  }
  return std::nullopt;
}

// "RTMIN", "RTMIN+3", "RTMAX-1"
std::optional<int> real_time(std::string_view name) {
  bool from_start = name.starts_with("RTMIN");
  if (!from_start && !name.starts_with("RTMAX")) return std::nullopt;
  int base = from_start ? SIGRTMIN : SIGRTMAX;
  name.remove_prefix(5);
  if (name.empty()) return base;
  if (name[0] != (from_start ? '+' : '-')) return std::nullopt;
  auto offset = parse_number<int>(name.substr(1));
  if (!offset || *offset > SIGRTMAX - SIGRTMIN) return std::nullopt;
  return from_start ? base + *offset : base - *offset;
}

}  // namespace

Result<int> parse_signal(std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string_view bare = name;
  if (bare.starts_with("SIG")) bare.remove_prefix(3);
  if (auto number = parse_number<int>(text); number && *number >= 0 && *number <= SIGRTMAX) return *number;
  if (auto number = number_of(bare)) return *number;
  if (auto number = real_time(bare)) return *number;
  return make_error(Kind::usage, fmt::format("unknown signal '{}'", text));
}

}  // namespace aictr
