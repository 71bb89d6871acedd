#include "images/ignore.h"

#include <doctest/doctest.h>

using namespace aictr::images;

namespace {

bool excluded(const char* rules, const char* path) {
  auto parsed = IgnoreRules::parse(".dockerignore", rules);
  REQUIRE(parsed.ok());
  return parsed.value().excluding(path) != nullptr;
}

struct Row {
  const char* rules;
  const char* path;
  bool excluded;
};

}  // namespace

TEST_CASE(".dockerignore leaves out what Docker leaves out") {
  const Row kRows[] = {
      {"", "a", false},
      {"a", "a", true},
      {"a", "a/b/c", true},
      {"a", "b/a", false},
      {"a", "ab", false},
      {"/a", "a", true},
      {"a/", "a/b", true},
      {"./a", "a", true},
      {"x/../a", "a", true},
      {"a/b", "a/b", true},
      {"a/b", "a", false},
      {"  a  ", "a", true},
      {"a\r\nb\r\n", "a", true},
      {"\xef\xbb\xbf"
       "a",
       "a", true},
      // a comment only in the first column
      {"#a", "#a", false},
      {" #a", "#a", true},
      {"# a\nb", "b", true},
      // wildcards end at a slash
      {"*.pyc", "x.pyc", true},
      {"*.pyc", "a/x.pyc", false},
      {"*/x", "a/x", true},
      {"*/x", "a/b/x", false},
      {"*/*/x", "a/b/x", true},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"?", "é", true},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[^a-c]x", "dx", true},
      {"[]]", "]", true},
      {"a\\*", "a*", true},
      {"a\\*", "ab", false},
      {"*", "a/b", true},
      // two stars do not
      {"**", "a", true},
      {"**", "a/b/c", true},
      {"**/__pycache__", "__pycache__", true},
      {"**/__pycache__", "a/b/__pycache__/x.pyc", true},
      {"**/__pycache__", "a/my__pycache__", false},
      {"**/*.pyc", "x.pyc", true},
      {"**/*.pyc", "a/b/x.pyc", true},
      {"a/**", "a/b/c", true},
      {"a/**", "a", false},
      {"a/**/z", "a/z", true},
      {"a/**/z", "a/b/c/z", true},
      {"a/**/z", "a/bz", false},
      {"**/a/**/b", "x/a/y/b", true},
      // order matters and '!' takes back
      {"*\n!a", "a", false},
      {"*\n!a", "b", true},
      {"!a\n*", "a", true},
      {"*.md\n!README*.md\nREADME-secret.md", "README.md", false},
      {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
      {"a\n!a/b", "a/b", false},
      {"a\n!a/b", "a/b/c", false},
      {"a\n!a/b", "a/c", true},
      {"a\n!a/b\na/b/c", "a/b/c", true},
      {"a\n! a/b", "a/b", false},
      {"**\n!**/keep", "x/y/keep", false},
      // characters that mean something to a regular expression only
      {"a+b", "a+b", true},
      {"*.c++", "x.c++", true},
      {"a.b", "axb", false},
      {"a(b", "a(b", true},
      {"a$", "a$", true},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.rules);
    CAPTURE(row.path);
    CHECK(excluded(row.rules, row.path) == row.excluded);
  }
}

TEST_CASE("the rule that left a path out can be named") {
  auto rules = IgnoreRules::parse(".dockerignore", "# data\n\ndata\n*.bin\n").value();
  const auto* rule = rules.excluding("data/set/1");
  REQUIRE(rule != nullptr);
  CHECK(rule->line == 3);
  CHECK(rule->text == "data");
}

TEST_CASE("a rule that means nothing is refused with its line") {
  auto alone = IgnoreRules::parse(".dockerignore", "a\n!\n");
  REQUIRE_FALSE(alone.ok());
  CHECK(alone.error().message == ".dockerignore:2: '!' takes nothing back");
  auto open = IgnoreRules::parse("x.dockerignore", "[a-");
  REQUIRE_FALSE(open.ok());
  CHECK(open.error().message == "x.dockerignore:1: pattern '[a-' has a '[' that is not closed");
}

TEST_CASE("a folder is entered only when something in it can be taken back") {
  auto rules = IgnoreRules::parse("", "node_modules\nsrc\n!src/keep/x\n").value();
  CHECK_FALSE(rules.may_take_back_below("node_modules"));
  CHECK(rules.may_take_back_below("src"));
  CHECK(rules.may_take_back_below("src/keep"));
  CHECK_FALSE(rules.may_take_back_below("src/other"));
  CHECK(IgnoreRules::parse("", "a\n!**/x").value().may_take_back_below("a"));
}

TEST_CASE("a long path and a hostile pattern take no time") {
  std::string stars;
  for (int i = 0; i < 60; ++i) stars += "**/a*";
  CHECK_FALSE(excluded((stars + "b").c_str(), std::string(4000, 'a').c_str()));
}
