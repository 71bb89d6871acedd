#include "hooks/dotted_version.h"

#include <algorithm>

#include "base/text.h"

namespace aictr::hooks {

std::optional<DottedVersion> DottedVersion::parse(std::string_view text) {
  DottedVersion version{std::string(text), {}};
  for (const std::string& part : split(text, '.')) {
    auto number = parse_number<unsigned>(part);
    if (!number) return std::nullopt;
    version.numbers.push_back(*number);
  }
  return version;
}

int compare(const DottedVersion& a, const DottedVersion& b) {
  for (std::size_t i = 0; i < std::max(a.numbers.size(), b.numbers.size()); ++i) {
    unsigned left = i < a.numbers.size() ? a.numbers[i] : 0;
    unsigned right = i < b.numbers.size() ? b.numbers[i] : 0;
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

}  // namespace aictr::hooks
