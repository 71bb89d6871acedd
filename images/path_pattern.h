#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// A pattern for paths, as COPY's sources and .dockerignore have it: '*' is any text and '?' any character but '/',
// "[a-z]" and "[^a-z]" one of a set, '\' makes the next character literal. In .dockerignore "**" is any number of
// folders too.
class PathPattern {
 public:
  enum class Dialect { source, ignore };

  static Result<PathPattern> parse(std::string_view text, Dialect dialect);  // Kind::usage: a set without its ']'

  bool matches(std::string_view path) const;  // all of it
  // The pattern up to its first wildcard: every path that matches begins with it.
  const std::string& literal_prefix() const { return prefix_; }
  bool has_wildcard() const { return wildcard_; }
  bool may_match_below(std::string_view folder) const;  // false: certainly nothing in it

 private:
  struct Token {
    enum class Type { literal, any_character, any_name_part, any_path, any_folders, set } type = Type::literal;
    std::string character;
    std::vector<std::pair<std::string, std::string>> ranges;  // of a set, both ends included
    bool negated = false;
  };
  using States = std::vector<bool>;

  static Result<Token> parse_set(std::string_view text, std::size_t& position);
  static bool in_set(const Token& token, std::string_view character);
  void add(Token token);
  void enter(States& states, std::size_t position) const;
  bool step(const States& from, States& to, std::string_view character) const;

  std::vector<Token> tokens_;
  std::string prefix_;
  bool wildcard_ = false;
};

}  // namespace aictr::images
