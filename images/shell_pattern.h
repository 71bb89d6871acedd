#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// The pattern of ${v#p}, ${v%p} and ${v/p/r}: '*' is any text, '?' one character, '\' makes '*', '?' and '\' literal.
class ShellPattern {
 public:
  enum class Reach { shortest, longest };

  static Result<ShellPattern> parse(std::string_view text);  // Kind::usage: an escape that means nothing

  std::string without_prefix(std::string_view value, Reach reach) const;
  std::string without_suffix(std::string_view value, Reach reach) const;
  std::string replace(std::string_view value, std::string_view replacement, bool all) const;

 private:
  struct Token {
    enum class Type { literal, any_character, any_text } type = Type::literal;
    std::string character;
  };
  using Characters = std::vector<std::string_view>;

  static Characters characters(std::string_view text);
  // The end of a match that starts at `from`.
  static std::optional<std::size_t> match(const std::vector<Token>& tokens, const Characters& text, std::size_t from,
                                          Reach reach);

  std::vector<Token> tokens_;
};

}  // namespace aictr::images
