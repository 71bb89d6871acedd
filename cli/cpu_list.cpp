#include "cli/cpu_list.h"

#include "base/text.h"

namespace aictr::cli {
namespace {

constexpr unsigned kMost = 65536;  // more than any kernel knows; keeps "0-4294967295" from filling memory

}  // namespace

std::optional<std::set<unsigned>> parse_cpu_list(std::string_view text) {
  std::set<unsigned> numbers;
  for (const std::string& range : split(text, ',')) {
    auto dash = range.find('-');
    auto first = parse_number<unsigned>(range.substr(0, dash));
    auto last = dash == std::string::npos ? first : parse_number<unsigned>(range.substr(dash + 1));
    if (!first || !last || *first > *last || *last >= kMost) return std::nullopt;
    for (unsigned number = *first; number <= *last; ++number) numbers.insert(number);
  }
  return numbers;
}

}  // namespace aictr::cli
