#include "cli/age.h"

#include <chrono>
#include <ctime>

#include "base/units.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kUnknown = "N/A";
constexpr std::string_view kAgo = " ago";

}  // namespace

std::string age(std::string_view time) {
  auto then = parse_rfc3339(time);
  if (!then.ok()) return std::string(kUnknown);
  auto passed = std::chrono::system_clock::now() - then.value();
  return ago(std::chrono::duration_cast<std::chrono::seconds>(passed));
}

std::string duration(std::string_view time) {
  std::string text = age(time);
  return text.ends_with(kAgo) ? text.substr(0, text.size() - kAgo.size()) : text;
}

std::string local_time(std::string_view time) {
  auto then = parse_rfc3339(time);
  if (!then.ok()) return std::string(kUnknown);
  std::time_t seconds = std::chrono::system_clock::to_time_t(then.value());
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[64];
  std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z %Z", &parts);
  return std::string(text, length);
}

}  // namespace aictr::cli
