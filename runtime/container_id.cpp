#include "runtime/container_id.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::runtime {
namespace {

// With the suffix of a state file it still fits into a name (NAME_MAX).
constexpr std::size_t kLongest = 240;

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
         c == '-' || c == '.';
}

}  // namespace

Result<void> check_container_id(std::string_view id) {
  if (id.empty()) return make_error(Kind::usage, "a container id must not be empty");
  if (id.size() > kLongest)
    return make_error(Kind::usage, fmt::format("a container id has at most {} characters", kLongest));
  if (id.front() == '.' || !std::ranges::all_of(id, allowed)) {
    return make_error(Kind::usage, fmt::format("invalid container id format: '{}'", id),
                      "letters, digits and _ + - ., the first no '.'");
  }
  return {};
}

}  // namespace aictr::runtime
