#include "images/dockerfile_expand.h"

#include <map>

#include <doctest/doctest.h>

using namespace aictr::images;

namespace {

const Variables kVariables = [](std::string_view name) -> std::optional<std::string> {
  static const std::map<std::string, std::string, std::less<>> kValues = {
      {"HOME", "/root"},   {"EMPTY", ""},   {"TWO", "one  two"}, {"FILE", "dir/sub/name.tar.gz"},
      {"REPEAT", "aXbXc"}, {"STAR", "a*b"}, {"LANG", "größe"},   {"_x1", "under"},
  };
  auto found = kValues.find(name);
  if (found == kValues.end()) return std::nullopt;
  return found->second;
};

struct Row {
  const char* text;
  const char* expected;
};

}  // namespace

TEST_CASE("every form of substitution gives what Docker gives") {
  const Row kRows[] = {
      {"plain", "plain"},
      {"$HOME", "/root"},
      {"${HOME}", "/root"},
      {"a${HOME}b", "a/rootb"},
      {"$HOME/x", "/root/x"},
      {"$HOMEx", ""},
      {"$_x1", "under"},
      {"$UNSET", ""},
      {"a$UNSET.b", "a.b"},
      {"$", "$"},
      {"a$", "a$"},
      {"$%", "$%"},
      // positional and special parameters are never set
      {"$1", ""},
      {"$12x", "x"},
      {"$@", ""},
      {"$$", ""},
      {"$?", ""},
      // defaults
      {"${UNSET:-d}", "d"},
      {"${UNSET-d}", "d"},
      {"${EMPTY:-d}", "d"},
      {"${EMPTY-d}", ""},
      {"${HOME:-d}", "/root"},
      {"${UNSET:-$HOME}", "/root"},
      {"${UNSET:-${EMPTY:-${HOME}}}", "/root"},
      {"${UNSET:-a b}", "a b"},
      {"${UNSET:-'a}b'}", "a}b"},
      {"${UNSET:-a\\}b}", "a}b"},
      {"${UNSET:-}", ""},
      // alternatives
      {"${HOME:+a}", "a"},
      {"${HOME+a}", "a"},
      {"${EMPTY:+a}", ""},
      {"${EMPTY+a}", "a"},
      {"${UNSET:+a}", ""},
      {"${UNSET+a}", ""},
      {"${HOME:+:$HOME}", ":/root"},
      // demands that are met
      {"${HOME:?no}", "/root"},
      {"${HOME?no}", "/root"},
      {"${EMPTY?no}", ""},
      // prefixes and suffixes
      {"${FILE#*/}", "sub/name.tar.gz"},
      {"${FILE##*/}", "name.tar.gz"},
      {"${FILE%.*}", "dir/sub/name.tar"},
      {"${FILE%%.*}", "dir/sub/name"},
      {"${FILE#x}", "dir/sub/name.tar.gz"},
      {"${FILE#???}", "/sub/name.tar.gz"},
      {"${FILE##*}", ""},
      {"${FILE#*}", "dir/sub/name.tar.gz"},
      {"${STAR%\\*b}", "a"},
      {"${STAR#a?}", "b"},
      {"${LANG%?e}", "grö"},
      {"${LANG#gr?}", "ße"},
      {"${UNSET#x}", ""},
      {"${FILE%.gz}", "dir/sub/name.tar"},
      {"${HOME%$HOME}", ""},
      // replacements
      {"${REPEAT/X/-}", "a-bXc"},
      {"${REPEAT//X/-}", "a-b-c"},
      {"${REPEAT//X/}", "abc"},
      {"${FILE//\\//_}", "dir_sub_name.tar.gz"},
      {"${FILE/*\\//}", "name.tar.gz"},
      {"${REPEAT//?X/_}", "__c"},
      {"${STAR/\\*/+}", "a+b"},
      {"${REPEAT/nothing/-}", "aXbXc"},
      {"${EMPTY/x/y}", ""},
      // quotes and escapes
      {"'$HOME'", "$HOME"},
      {"\"$HOME\"", "/root"},
      {"\\$HOME", "$HOME"},
      {"\"\\$HOME\"", "$HOME"},
      {"\"a\\\"b\"", "a\"b"},
      {"\"a\\nb\"", "a\\nb"},
      {"a\\nb", "anb"},
      {"\"\\\\\"", "\\"},
      {"'a\\'", "a\\"},
      {"\"it's\"", "it's"},
      {"'say \"x\"'", "say \"x\""},
      {"a\"b\"c", "abc"},
      {"\\", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    auto result = expand(row.text, kVariables);
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
    CHECK(result.value() == row.expected);
  }
}

TEST_CASE("text that is no substitution is refused with the part that is wrong") {
  const Row kRows[] = {
      {"${", "'${': a '${' lacks its '}'"},
      {"${}", "'${}': a '${' names no variable"},
      {"${:-x}", "'${:-x}': a '${' names no variable"},
      {"${HOME", "'${HOME': '${HOME' lacks its '}'"},
      {"${HOME:-x", "'${HOME:-x': a '${' lacks its '}'"},
      {"${HOME:=x}", "'${HOME:=x}': '${HOME:=' has an unsupported modifier ':='"},
      {"${HOME!}", "'${HOME!}': '${HOME!' has an unsupported modifier '!'"},
      {"${HOME.x}", "'${HOME.x}': '${HOME.' has an unsupported modifier '.'"},
      {"${HOME/x}", "'${HOME/x}': a '${' lacks its '/'"},
      {"${HOME/x/y", "'${HOME/x/y': a '${' lacks its '}'"},
      {"${HOME#a\\b}", "'${HOME#a\\b}': pattern 'a\\b': '\\b' is no escape"},
      {"'open", "''open': a single quote is not closed"},
      {"\"open", "'\"open': a double quote is not closed"},
      {"${UNSET:?give $HOME}", "'${UNSET:?give $HOME}': variable 'UNSET': give /root"},
      {"${UNSET?}", "'${UNSET?}': variable 'UNSET': must be set"},
      {"${EMPTY:?}", "'${EMPTY:?}': variable 'EMPTY': must not be empty"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    auto result = expand(row.text, kVariables);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == row.expected);
    CHECK(result.error().kind == aictr::Kind::usage);
  }
}

TEST_CASE("nesting has an end") {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "${U:-";
  deep += std::string(1000, '}');
  CHECK_FALSE(expand(deep, kVariables).ok());
}

TEST_CASE("words split at blanks that are not quoted, also at those that came out of a variable") {
  auto words = [](const char* text) { return expand_words(text, kVariables).value(); };
  using Words = std::vector<std::string>;
  CHECK(words("a b") == Words{"a", "b"});
  CHECK(words("$TWO") == Words{"one", "two"});
  CHECK(words("\"$TWO\"") == Words{"one  two"});
  CHECK(words("x$TWO") == Words{"xone", "two"});
  CHECK(words("a\\ b") == Words{"a b"});
  CHECK(words("  ").empty());
  CHECK(words("$UNSET").empty());
}

TEST_CASE("the backtick escapes when the file says so") {
  CHECK(expand("a`$HOME\\x", kVariables, {.escape = '`'}).value() == "a$HOME\\x");
}

TEST_CASE("in the body of a heredoc quotes are characters like any other") {
  CHECK(expand("\"$HOME\" it's", kVariables, {.quotes = false}).value() == "\"/root\" it's");
  CHECK(expand("\\$HOME", kVariables, {.quotes = false}).value() == "$HOME");
}
