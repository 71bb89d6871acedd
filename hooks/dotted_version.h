#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::hooks {

// "580.95.05": numbers that are compared one by one, missing ones being 0. Keeps how it was written, because the names
// of a driver's files do.
struct DottedVersion {
  std::string text;
  std::vector<unsigned> numbers;

  static std::optional<DottedVersion> parse(std::string_view text);
  unsigned major() const { return numbers.empty() ? 0 : numbers[0]; }
  unsigned minor() const { return numbers.size() < 2 ? 0 : numbers[1]; }
};

int compare(const DottedVersion& a, const DottedVersion& b);  // below, at or above 0

}  // namespace aictr::hooks
