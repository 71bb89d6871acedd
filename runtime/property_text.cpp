#include "runtime/property_text.h"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

using Value = UnitProperty::Value;

Error no_value(std::string_view text) {
  return make_error(Kind::usage, fmt::format("'{}' is no value such as true, uint64 5, 'text' or ['a', 'b']", text));
}

// From the opening quote on; leaves what is behind the closing one in `text`.
std::optional<std::string> take_string(std::string_view& text) {
  if (text.empty() || (text[0] != '\'' && text[0] != '"')) return std::nullopt;
  char quote = text[0];
  std::string taken;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) {
      text.remove_prefix(i + 1);
      return taken;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    taken += text[i];
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> parse_strings(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  std::string_view rest = trim(text.substr(1, text.size() - 2));
  std::vector<std::string> list;
  while (!rest.empty()) {
    auto one = take_string(rest);
    if (!one) return std::nullopt;
    list.push_back(std::move(*one));
    rest = trim(rest);
    if (rest.empty()) break;
    if (rest[0] != ',') return std::nullopt;
    rest = trim(rest.substr(1));
  }
  return list;
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
std::optional<Value> as_value(std::optional<T> number) {
  if (!number) return std::nullopt;
  return Value(*number);
}

std::optional<Value> parse_typed(std::string_view type, std::string_view number) {
  if (type == "int32") return as_value(parse_number<std::int32_t>(number));
  if (type == "uint32") return as_value(parse_number<std::uint32_t>(number));
  if (type == "int64") return as_value(parse_number<std::int64_t>(number));
  if (type == "uint64") return as_value(parse_number<std::uint64_t>(number));
  if (type == "double") return as_value(parse_double(number));
  return std::nullopt;
}

std::optional<Value> parse_plain(std::string_view text) {
  if (text == "true") return Value(true);
  if (text == "false") return Value(false);
  if (auto list = parse_strings(text)) return Value(std::move(*list));
  std::string_view rest = text;
  if (auto string = take_string(rest); string && rest.empty()) return Value(std::move(*string));
  if (auto number = parse_number<std::int32_t>(text)) return Value(*number);
  if (text.find_first_of(".e") != std::string_view::npos) return as_value(parse_double(text));
  return std::nullopt;
}

}  // namespace

Result<Value> parse_property_value(std::string_view text) {
  std::string_view trimmed = trim(text);
  std::optional<Value> value = parse_plain(trimmed);
  auto blank = trimmed.find(' ');
  if (!value && blank != std::string_view::npos)
    value = parse_typed(trimmed.substr(0, blank), trim(trimmed.substr(blank)));
  if (!value) return no_value(text);
  return std::move(*value);
}

}  // namespace aictr::runtime
