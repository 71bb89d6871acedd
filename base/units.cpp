#include "base/units.h"

#include <cctype>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr {
namespace {

// A decimal number without sign or exponent at the front of `text`, which is shortened by it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  double scale = 0;
  std::size_t i = 0;
  bool digits = false;
  for (; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      digits = true;
      value = value * 10 + (text[i] - '0');
      if (scale > 0) scale *= 10;
    } else if (text[i] == '.' && scale == 0) {
      scale = 1;
    } else {
      break;
    }
  }
  if (!digits) return std::nullopt;
  text.remove_prefix(i);
  return scale > 0 ? value / scale : value;
}

std::string three_digits(double value) {
  std::string text = fmt::format("{:.{}f}", value, value < 10 ? 2 : value < 100 ? 1 : 0);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string scaled(std::uint64_t bytes, double base, const char* const* suffixes, int last, const char* gap) {
  auto value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= base && unit < last) {
    value /= base;
    ++unit;
  }
  return fmt::format("{}{}{}", three_digits(value), gap, suffixes[unit]);
}

}  // namespace

Result<std::int64_t> parse_bytes(std::string_view text) {
  Error bad =
      make_error(Kind::usage, fmt::format("'{}' is not a size", text), "write a number and b, k, m, g or t: 512m");
  std::string_view rest = text;
  auto number = take_number(rest);
  if (!number) return bad;
  std::string suffix = lower(trim(rest));
  double factor = 1;
  if (!suffix.empty() && suffix != "b") {
    auto power = std::string_view("kmgtp").find(suffix[0]);
    std::string_view tail = std::string_view(suffix).substr(1);
    if (power == std::string_view::npos || (!tail.empty() && tail != "b" && tail != "ib")) return bad;
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  double bytes = *number * factor;
  if (bytes >= 9.2e18) return make_error(Kind::usage, fmt::format("'{}' is too large a size", text));
  return static_cast<std::int64_t>(bytes);
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  Error bad = make_error(Kind::usage, fmt::format("'{}' is not a duration", text),
                         "write a number and ns, us, ms, s, m or h: 1m30s");
  if (text == "0") return std::chrono::nanoseconds(0);
  double total = 0;
  std::string_view rest = text;
  if (rest.empty()) return bad;
  while (!rest.empty()) {
    auto number = take_number(rest);
    if (!number) return bad;
    std::size_t length = 0;
    while (length < rest.size() && std::isalpha(static_cast<unsigned char>(rest[length]))) ++length;
    std::string_view unit = rest.substr(0, length);
    rest.remove_prefix(length);
    double scale = unit == "ns"   ? 1
                   : unit == "us" ? 1e3
                   : unit == "ms" ? 1e6
                   : unit == "s"  ? 1e9
                   : unit == "m"  ? 6e10
                   : unit == "h"  ? 3.6e12
                                  : 0;
    if (scale == 0) return bad;
    total += *number * scale;
  }
  if (total >= 9.2e18) return bad;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::string binary_size(std::uint64_t bytes) {
  static const char* const suffixes[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  return scaled(bytes, 1024, suffixes, 5, " ");
}

std::string decimal_size(std::uint64_t bytes) {
  static const char* const suffixes[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  return scaled(bytes, 1000, suffixes, 5, "");
}

std::string ago(std::chrono::seconds age) {
  auto s = age.count();
  if (s < 1) return "Less than a second ago";
  if (s == 1) return "1 second ago";
  if (s < 60) return fmt::format("{} seconds ago", s);
  auto minutes = s / 60;
  if (minutes == 1) return "About a minute ago";
  if (minutes < 60) return fmt::format("{} minutes ago", minutes);
  auto hours = (s + 1800) / 3600;
  if (hours == 1) return "About an hour ago";
  if (hours < 48) return fmt::format("{} hours ago", hours);
  auto days = s / 86400;
  if (days < 14) return fmt::format("{} days ago", days);
  if (days < 60) return fmt::format("{} weeks ago", days / 7);
  if (days < 730) return fmt::format("{} months ago", days / 30);
  return fmt::format("{} years ago", days / 365);
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  std::time_t seconds = since / 1000000000;
  auto nanos = since % 1000000000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                                 parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (nanos != 0) {
    std::string fraction = fmt::format("{:09}", nanos);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text + "Z";
}

Result<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  Error bad = make_error(Kind::corrupt, fmt::format("'{}' is not a time", text));
  std::string copy(text);
  std::tm parts{};
  int length = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &length) != 6) {
    return bad;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(length));
  double fraction = 0;
  if (!rest.empty() && rest[0] == '.') {
    std::string_view digits = rest;
    digits.remove_prefix(1);
    std::size_t n = 0;
    double scale = 1;
    while (n < digits.size() && digits[n] >= '0' && digits[n] <= '9') {
      scale /= 10;
      fraction += scale * (digits[n] - '0');
      ++n;
    }
    rest = digits.substr(n);
  }
  long offset = 0;
  if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-')) {
    auto hours = parse_number<int>(rest.substr(1, 2));
    auto minutes = parse_number<int>(rest.substr(4, 2));
    if (!hours || !minutes) return bad;
    offset = (*hours * 60L + *minutes) * 60 * (rest[0] == '-' ? -1 : 1);
  } else if (rest != "Z") {
    return bad;
  }
  auto seconds = std::chrono::seconds(::timegm(&parts) - offset);
  auto nanos = std::chrono::nanoseconds(std::llround(fraction * 1e9));
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(seconds + nanos));
}

}  // namespace aictr
