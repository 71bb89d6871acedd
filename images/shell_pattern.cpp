#include "images/shell_pattern.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::images {
namespace {

std::string joined(const std::vector<std::string_view>& characters, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += characters[i];
  return text;
}

std::size_t utf8_length(char first) {
  auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

}  // namespace

ShellPattern::Characters ShellPattern::characters(std::string_view text) {
  Characters found;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = std::min(utf8_length(text[i]), text.size() - i);
    found.push_back(text.substr(i, length));
    i += length;
  }
  return found;
}

Result<ShellPattern> ShellPattern::parse(std::string_view text) {
  ShellPattern pattern;
  Characters all = characters(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == "*") {
      pattern.tokens_.push_back({Token::Type::any_text, {}});
    } else if (all[i] == "?") {
      pattern.tokens_.push_back({Token::Type::any_character, {}});
    } else if (all[i] == "\\") {
      std::string_view next = i + 1 < all.size() ? all[i + 1] : std::string_view();
      // '}' and '/' end a part of a substitution, so there they stand escaped; that is not the pattern's matter.
      if (next == "}" || next == "/") continue;
      if (next != "*" && next != "?" && next != "\\") {
        return make_error(Kind::usage, fmt::format("pattern '{}': '\\{}' is no escape", text, next));
      }
      pattern.tokens_.push_back({Token::Type::literal, std::string(next)});
      ++i;
    } else {
      pattern.tokens_.push_back({Token::Type::literal, std::string(all[i])});
    }
  }
  return pattern;
}

// All positions in the pattern that the text read so far can have led to are followed at once, so no pattern makes this
// slower than its length times the text's.
std::optional<std::size_t> ShellPattern::match(const std::vector<Token>& tokens, const Characters& text,
                                               std::size_t from, Reach reach) {
  std::vector<bool> at(tokens.size() + 1, false);
  auto reach_position = [&](std::vector<bool>& set, std::size_t position) {
    set[position] = true;
    while (position < tokens.size() && tokens[position].type == Token::Type::any_text) set[++position] = true;
  };
  reach_position(at, 0);
  std::optional<std::size_t> end;
  for (std::size_t i = from;; ++i) {
    if (at[tokens.size()]) {
      end = i;
      if (reach == Reach::shortest) return end;
    }
    if (i == text.size()) return end;
    std::vector<bool> next(tokens.size() + 1, false);
    bool alive = false;
    for (std::size_t p = 0; p < tokens.size(); ++p) {
      if (!at[p]) continue;
      if (tokens[p].type == Token::Type::any_text) {
        reach_position(next, p);
      } else if (tokens[p].type == Token::Type::any_character || tokens[p].character == text[i]) {
        reach_position(next, p + 1);
      } else {
        continue;
      }
      alive = true;
    }
    if (!alive) return end;
    at = std::move(next);
  }
}

std::string ShellPattern::without_prefix(std::string_view value, Reach reach) const {
  Characters text = characters(value);
  auto end = match(tokens_, text, 0, reach);
  return joined(text, end.value_or(0), text.size());
}

std::string ShellPattern::without_suffix(std::string_view value, Reach reach) const {
  Characters text = characters(value);
  Characters reversed(text.rbegin(), text.rend());
  auto end = match(std::vector<Token>(tokens_.rbegin(), tokens_.rend()), reversed, 0, reach);
  return joined(text, 0, text.size() - end.value_or(0));
}

std::string ShellPattern::replace(std::string_view value, std::string_view replacement, bool all) const {
  Characters text = characters(value);
  std::string result;
  std::size_t i = 0;
  bool after_match = false;  // an empty match right behind another one does not count
  while (i <= text.size()) {
    auto end = match(tokens_, text, i, Reach::longest);
    if (end && (*end > i || !after_match)) {
      result += replacement;
      after_match = *end > i;
      if (!all) return result + joined(text, *end, text.size());
      if (*end > i) {
        i = *end;
        continue;
      }
    }
    after_match = false;
    if (i < text.size()) result += text[i];
    ++i;
  }
  return result;
}

}  // namespace aictr::images
