#include "images/dockerfile_words.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// One flag word with its quotes and backslashes taken off; `text` goes on behind it.
std::string take_flag_word(std::string_view& text) {
  std::string word;
  char quote = '\0';
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (quote == '\0' && is_blank(c)) break;
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote && quote != '\0') {
      quote = '\0';
    } else if (c == '\\') {
      if (i + 1 < text.size()) word += text[++i];
    } else {
      word += c;
    }
  }
  text.remove_prefix(i);
  return word;
}

}  // namespace

Result<std::vector<InstructionFlag>> take_flags(std::string_view& arguments) {
  std::vector<InstructionFlag> flags;
  for (;;) {
    while (!arguments.empty() && is_blank(arguments.front())) arguments.remove_prefix(1);
    if (!arguments.starts_with("--")) return flags;
    std::string word = take_flag_word(arguments);
    if (word == "--") return flags;
    std::size_t equals = word.find('=');
    InstructionFlag flag{word.substr(2, equals == std::string::npos ? equals : equals - 2), std::nullopt};
    if (equals != std::string::npos) flag.value = word.substr(equals + 1);
    if (flag.name.empty()) return make_error(Kind::usage, fmt::format("flag '{}' has no name", word));
    flags.push_back(std::move(flag));
  }
}

std::vector<std::string> quoted_words(std::string_view arguments, char escape) {
  std::vector<std::string> found;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    char c = arguments[i];
    if (quote == '\0' && is_blank(c)) {
      if (in_word) found.push_back(std::exchange(word, {}));
      in_word = false;
      continue;
    }
    in_word = true;
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote && quote != '\0') {
      quote = '\0';
    } else if (c == escape && quote != '\'') {
      if (i + 1 == arguments.size()) break;  // it escapes nothing
      word += c;
      c = arguments[++i];
    }
    word += c;
  }
  if (in_word && !word.empty()) found.push_back(std::move(word));
  return found;
}

Result<std::vector<NameValue>> name_values(std::string_view arguments, char escape) {
  std::vector<NameValue> pairs;
  std::vector<std::string> words = quoted_words(arguments, escape);
  if (words.empty()) return pairs;
  if (words[0].find('=') == std::string::npos) {
    std::size_t end = arguments.find_first_of(" \t\v\f\r");
    if (end == std::string_view::npos) {
      return make_error(Kind::usage, fmt::format("'{}' has no value", arguments), "write NAME=VALUE");
    }
    pairs.push_back({std::string(arguments.substr(0, end)), std::string(trim(arguments.substr(end)))});
    return pairs;
  }
  for (const std::string& word : words) {
    std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      return make_error(Kind::usage, fmt::format("'{}' is not of the form NAME=VALUE", word),
                        "put quotes around a value that holds blanks");
    }
    pairs.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return pairs;
}

Result<std::optional<std::vector<std::string>>> json_words(std::string_view arguments) {
  std::optional<std::vector<std::string>> none;
  if (!trim(arguments).starts_with('[')) return none;
  auto json = oci::parse_json(arguments);
  if (!json.ok()) return none;
  const auto* array = json.value().as<oci::Json::Array>();
  if (array == nullptr) return none;
  std::vector<std::string> words;
  for (const oci::Json& item : *array) {
    const auto* text = item.as<std::string>();
    if (text == nullptr) {
      return make_error(Kind::usage, fmt::format("'{}' holds something that is not a string", arguments),
                        "put every word in double quotes");
    }
    words.push_back(*text);
  }
  return std::optional(std::move(words));
}

bool is_json_form(std::string_view arguments) {
  auto words = json_words(arguments);
  return words.ok() && words.value().has_value();
}

}  // namespace aictr::images
