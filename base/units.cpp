#include "base/units.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <ctime>
#include <optional>

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
  while (value >= base - 0.5 && unit < last) {  // what would be rounded up to `base` is one of the next unit
    value /= base;
    ++unit;
  }
  return fmt::format("{}{}{}", three_digits(value), gap, suffixes[unit]);
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Exactly two or four digits, at most `max`.
std::optional<int> take_digits(std::string_view& text, std::size_t count, int max) {
  std::string_view digits = text.substr(0, count);
  if (digits.size() < count || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(count);
  auto number = parse_number<int>(digits);
  return number && *number <= max ? number : std::nullopt;
}

std::optional<std::chrono::sys_days> take_day(std::string_view& text) {
  auto year = take_digits(text, 4, 9999);
  auto month = year && take(text, '-') ? take_digits(text, 2, 12) : std::nullopt;
  auto day = month && take(text, '-') ? take_digits(text, 2, 31) : std::nullopt;
  // A clock of 64-bit nanoseconds reaches from 1677 to 2262.
  if (!day || *year < 1678 || *year > 2261) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> take_clock(std::string_view& text) {
  auto hour = take_digits(text, 2, 23);
  auto minute = hour && take(text, ':') ? take_digits(text, 2, 59) : std::nullopt;
  auto second = minute && take(text, ':') ? take_digits(text, 2, 60) : std::nullopt;
  if (!second) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// ".25", or nothing; digits behind the ninth are dropped.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return std::chrono::nanoseconds(0);
  std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
  if (length == 0) return std::nullopt;
  std::string digits(text.substr(0, std::min<std::size_t>(length, 9)));
  digits.resize(9, '0');
  text.remove_prefix(length);
  return std::chrono::nanoseconds(*parse_number<std::int64_t>(digits));
}

// "Z" or "+01:00"
std::optional<std::chrono::seconds> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return std::chrono::seconds(0);
  bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  auto hours = take_digits(text, 2, 23);
  auto minutes = hours && take(text, ':') ? take_digits(text, 2, 59) : std::nullopt;
  if (!minutes) return std::nullopt;
  std::chrono::seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
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
  if (suffix.empty() || suffix == "b") {
    // Exact where a double is not.
    if (auto whole = parse_number<std::int64_t>(text.substr(0, text.size() - rest.size()))) return *whole;
  } else {
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
  auto days = hours / 24;
  if (days < 14) return fmt::format("{} days ago", days);
  if (days < 60) return fmt::format("{} weeks ago", days / 7);
  if (days < 730) return fmt::format("{} months ago", days / 30);
  return fmt::format("{} years ago", days / 365);
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  auto whole = std::chrono::floor<std::chrono::seconds>(time);
  auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time - whole).count();
  // gmtime_r(3) would read the host's time zone first.
  auto day = std::chrono::floor<std::chrono::days>(whole);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(whole - day);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (nanos != 0) {
    std::string fraction = fmt::format("{:09}", nanos);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text + "Z";
}

Result<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  Error bad = make_error(Kind::corrupt, fmt::format("'{}' is not a time", text));
  auto day = take_day(text);
  bool divided = day && (take(text, 'T') || take(text, 't'));
  auto seconds = divided ? take_clock(text) : std::nullopt;
  auto nanos = seconds ? take_fraction(text) : std::nullopt;
  auto offset = nanos ? take_offset(text) : std::nullopt;
  if (!offset || !text.empty()) return bad;
  return std::chrono::system_clock::time_point(*day) + *seconds - *offset + *nanos;
}

}  // namespace aictr
