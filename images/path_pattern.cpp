#include "images/path_pattern.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::images {
namespace {

// The UTF-8 character at `position`; a stray byte counts as one.
std::string_view character_at(std::string_view text, std::size_t position) {
  auto first = static_cast<unsigned char>(text[position]);
  std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return text.substr(position, length);
}

}  // namespace

Result<PathPattern> PathPattern::parse(std::string_view text, Dialect dialect) {
  PathPattern pattern;
  using Type = Token::Type;
  for (std::size_t i = 0; i < text.size();) {
    std::string_view c = character_at(text, i);
    i += c.size();
    if (c == "*" && dialect == Dialect::ignore && text.substr(i, 1) == "*") {
      ++i;
      if (text.substr(i, 1) == "/") ++i;
      pattern.add({i == text.size() ? Type::any_path : Type::any_folders, {}, {}});
    } else if (c == "*") {
      pattern.add({Type::any_name_part, {}, {}});
    } else if (c == "?") {
      pattern.add({Type::any_character, {}, {}});
    } else if (c == "[") {
      pattern.add(TRY(parse_set(text, i)));
    } else if (c == "\\" && i < text.size()) {
      c = character_at(text, i);
      i += c.size();
      pattern.add({Type::literal, std::string(c), {}});
    } else if (c == "\\" && dialect == Dialect::source) {
      return make_error(Kind::usage, fmt::format("pattern '{}' ends in a backslash", text));
    } else {
      pattern.add({Type::literal, std::string(c), {}});
    }
  }
  return pattern;
}

// Behind a '[' up to its ']'.
Result<PathPattern::Token> PathPattern::parse_set(std::string_view text, std::size_t& position) {
  Error unclosed = make_error(Kind::usage, fmt::format("pattern '{}' has a '[' that is not closed", text),
                              "write '\\[' for the character itself");
  Token token{Token::Type::set, {}, {}};
  auto take = [&](std::string& into) {
    if (position < text.size() && text[position] == '\\') ++position;
    if (position >= text.size()) return false;
    into = character_at(text, position);
    position += into.size();
    return true;
  };
  if (text.substr(position, 1) == "^") {
    token.negated = true;
    ++position;
  }
  for (bool first = true;; first = false) {
    if (position >= text.size()) return unclosed;
    if (text[position] == ']' && !first) break;
    std::pair<std::string, std::string> range;
    if (!take(range.first)) return unclosed;
    range.second = range.first;
    if (text.substr(position, 1) == "-" && text.substr(position + 1, 1) != "]") {
      ++position;
      if (!take(range.second)) return unclosed;
    }
    token.ranges.push_back(std::move(range));
  }
  ++position;
  return token;
}

void PathPattern::add(Token token) {
  if (token.type != Token::Type::literal) wildcard_ = true;
  if (!wildcard_) prefix_ += token.character;
  tokens_.push_back(std::move(token));
}

bool PathPattern::in_set(const Token& token, std::string_view character) {
  // UTF-8 sorts as its code points do, shorter encodings first.
  auto less = [](std::string_view a, std::string_view b) { return a.size() != b.size() ? a.size() < b.size() : a < b; };
  bool found = std::any_of(token.ranges.begin(), token.ranges.end(), [&](const auto& range) {
    return !less(character, range.first) && !less(range.second, character);
  });
  return found != token.negated;
}

// A token that may stand for nothing lets its successor begin at once.
void PathPattern::enter(States& states, std::size_t position) const {
  states[position] = true;
  while (position < tokens_.size()) {
    auto type = tokens_[position].type;
    if (type != Token::Type::any_name_part && type != Token::Type::any_path && type != Token::Type::any_folders) return;
    states[++position] = true;
  }
}

bool PathPattern::step(const States& from, States& to, std::string_view character) const {
  bool alive = false;
  for (std::size_t p = 0; p < tokens_.size(); ++p) {
    if (!from[p]) continue;
    const Token& token = tokens_[p];
    bool slash = character == "/";
    switch (token.type) {
      case Token::Type::literal:
        if (token.character != character) continue;
        enter(to, p + 1);
        break;
      case Token::Type::any_character:
        if (slash) continue;
        enter(to, p + 1);
        break;
      case Token::Type::set:
        if (!in_set(token, character)) continue;
        enter(to, p + 1);
        break;
      case Token::Type::any_name_part:
        if (slash) continue;
        enter(to, p);
        break;
      case Token::Type::any_path:
        enter(to, p);
        break;
      case Token::Type::any_folders:
        // In the middle of a folder's name what follows may not begin.
        to[p] = true;
        if (slash) enter(to, p + 1);
        break;
    }
    alive = true;
  }
  return alive;
}

// Every position that the path read so far can have led to is followed at once, so no pattern is slow.
bool PathPattern::may_match_below(std::string_view folder) const {
  std::string inside = std::string(folder) + "/";
  return prefix_.starts_with(inside) || std::string_view(inside).starts_with(prefix_);
}

bool PathPattern::matches(std::string_view path) const {
  if (!path.starts_with(prefix_)) return false;
  States states(tokens_.size() + 1, false);
  enter(states, 0);
  for (std::size_t i = 0; i < path.size();) {
    std::string_view c = character_at(path, i);
    States next(tokens_.size() + 1, false);
    if (!step(states, next, c)) return false;
    states = std::move(next);
    i += c.size();
  }
  return states[tokens_.size()];
}

}  // namespace aictr::images
