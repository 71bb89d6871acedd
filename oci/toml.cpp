#include "oci/toml.h"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::oci {
namespace {

constexpr int kDeepest = 32;  // arrays within arrays

bool is_bare(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

class TomlParser {
 public:
  explicit TomlParser(std::string_view text) : text_(text) {}

  Result<std::vector<TomlTable>> run() {
    tables_.emplace_back();
    for (skip_space(); at_ < text_.size(); skip_space()) {
      if (text_[at_] == '[') {
        TRY(heading());
      } else {
        TRY(assignment());
      }
      TRY(end_of_line());
    }
    return std::move(tables_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\n'; }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') ++at_;
  }

  void skip_comment() {
    if (peek() != '#') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }

  // Blanks, comments and ends of lines.
  void skip_space() {
    for (;;) {
      skip_blanks();
      skip_comment();
      if (!take('\n')) return;
    }
  }

  Error wrong(std::string_view what) const {
    auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    return make_error(Kind::corrupt, fmt::format("line {}: {}", line, what));
  }

  Result<void> end_of_line() {
    skip_blanks();
    skip_comment();
    if (at_ >= text_.size() || take('\n')) return {};
    return wrong("something follows at its end");
  }

  Result<void> heading() {
    take('[');
    bool element = take('[');
    skip_blanks();
    TomlTable table;
    table.name = TRY(key());
    skip_blanks();
    if (!take(']') || (element && !take(']'))) return wrong("a heading without its ']'");
    tables_.push_back(std::move(table));
    return {};
  }

  Result<void> assignment() {
    std::string name = TRY(key());
    skip_blanks();
    if (!take('=')) return wrong(fmt::format("'{}' without '='", name));
    skip_blanks();
    tables_.back().values[name] = TRY(value(0));
    return {};
  }

  Result<std::string> key() {
    if (peek() == '"' || peek() == '\'') return quoted();
    std::size_t start = at_;
    while (is_bare(peek())) ++at_;
    if (at_ == start) return wrong("a name is expected");
    return std::string(text_.substr(start, at_ - start));
  }

  Result<TomlValue> value(int depth) {
    if (peek() == '"' || peek() == '\'') return TomlValue(TRY(quoted()));
    if (peek() == '[') return TomlValue(TRY(array(depth)));
    if (peek() == '{') return wrong("inline tables are not read here");
    std::size_t start = at_;
    while (peek() != '\n' && peek() != ',' && peek() != ']' && peek() != '#') ++at_;
    std::string_view word = trim(text_.substr(start, at_ - start));
    if (word.empty()) return wrong("a value is expected");
    if (word == "true" || word == "false") return TomlValue(word == "true");
    return TomlValue();
  }

  // Other elements than strings are read over.
  Result<std::vector<std::string>> array(int depth) {
    if (depth == kDeepest) return wrong("arrays are nested too deep");
    take('[');
    std::vector<std::string> texts;
    for (;;) {
      skip_space();
      if (take(']')) return texts;
      TomlValue element = TRY(value(depth + 1));
      if (auto* text = std::get_if<std::string>(&element)) texts.push_back(std::move(*text));
      skip_space();
      if (!take(',') && peek() != ']') return wrong("an array without its ']'");
    }
  }

  Result<std::string> quoted() {
    char quote = text_[at_++];
    std::string result;
    while (peek() != quote) {
      if (peek() == '\n') return wrong("a string without its end");
      char c = text_[at_++];
      result += c == '\\' && quote == '"' ? TRY(escaped()) : c;
    }
    ++at_;
    return result;
  }

  Result<char> escaped() {
    constexpr std::string_view kLetters = "\"\\bfnrt";
    constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
    auto found = kLetters.find(peek());
    if (found == std::string_view::npos) return wrong("an escape that is not read here");
    ++at_;
    return kMeanings[found];
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<TomlTable> tables_;
};

}  // namespace

std::string TomlTable::text(const std::string& key) const {
  auto found = values.find(key);
  const auto* text = found != values.end() ? std::get_if<std::string>(&found->second) : nullptr;
  return text != nullptr ? *text : std::string();
}

bool TomlTable::flag(const std::string& key) const {
  auto found = values.find(key);
  const auto* value = found != values.end() ? std::get_if<bool>(&found->second) : nullptr;
  return value != nullptr && *value;
}

Result<std::vector<TomlTable>> parse_toml(std::string_view text) {
  return TomlParser(text).run();
}

}  // namespace aictr::oci
