#include "oci/cdi_name.h"

#include <fmt/core.h>

namespace aictr::oci {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string problem_of(std::string_view what, std::string_view text, bool digit_first, std::string_view between) {
  if (text.empty()) return fmt::format("the {} is empty", what);
  if (!is_letter(text.front()) && !(digit_first && is_digit(text.front()))) {
    return fmt::format("the {} '{}' must begin with a letter{}", what, text, digit_first ? " or a digit" : "");
  }
  for (char c : text) {
    if (!is_letter(c) && !is_digit(c) && between.find(c) == std::string_view::npos) {
      return fmt::format("the {} '{}' has a character that is not allowed", what, text);
    }
  }
  if (!is_letter(text.back()) && !is_digit(text.back())) {
    return fmt::format("the {} '{}' must end in a letter or a digit", what, text);
  }
  return "";
}

}  // namespace

bool looks_like_cdi_name(std::string_view text) {
  auto slash = text.find('/');
  return slash != 0 && slash != std::string_view::npos && text.find('=') != std::string_view::npos &&
         slash < text.find('=');
}

std::string problem_of_cdi_kind(std::string_view kind) {
  auto slash = kind.find('/');
  if (slash == std::string_view::npos) return fmt::format("'{}' is not VENDOR/CLASS", kind);
  std::string problem = problem_of("vendor", kind.substr(0, slash), false, "-_.");
  return !problem.empty() ? problem : problem_of("class", kind.substr(slash + 1), false, "-_.");
}

std::string problem_of_cdi_device_name(std::string_view name) {
  return problem_of("device name", name, true, "-_.:");
}

Result<CdiName> parse_cdi_name(std::string_view text) {
  auto equals = text.find('=');
  std::string problem = "it is not VENDOR/CLASS=NAME";
  if (equals != std::string_view::npos) {
    problem = problem_of_cdi_kind(text.substr(0, equals));
    if (problem.empty()) problem = problem_of_cdi_device_name(text.substr(equals + 1));
  }
  if (!problem.empty()) {
    return make_error(Kind::usage, fmt::format("invalid device name '{}': {}", text, problem),
                      "CDI devices are named like nvidia.com/gpu=0");
  }
  auto slash = text.find('/');
  return CdiName{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1, equals - slash - 1)),
                 std::string(text.substr(equals + 1))};
}

}  // namespace aictr::oci
