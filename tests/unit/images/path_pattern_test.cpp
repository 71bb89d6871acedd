#include "images/path_pattern.h"

#include <doctest/doctest.h>

#include "images/clean_path.h"

using namespace aictr::images;

namespace {

struct Row {
  const char* pattern;
  const char* path;
  bool matches;
};

}  // namespace

TEST_CASE("a source's wildcards are those of Go's filepath.Match") {
  const Row kRows[] = {
      {"abc", "abc", true},
      {"*", "abc", true},
      {"*c", "abc", true},
      {"a*", "a", true},
      {"a*", "ab/c", false},
      {"a*/b", "abc/b", true},
      {"a*/b", "a/c/b", false},
      {"a*b*c*d*e*/f", "axbxcxdxe/f", true},
      {"a*b*c*d*e*/f", "axbxcxdxexxx/fff", false},
      {"a*b?c*x", "abxbbxdbxebxczzx", true},
      {"ab[c]", "abc", true},
      {"ab[b-d]", "abc", true},
      {"ab[e-g]", "abc", false},
      {"ab[^c]", "abc", false},
      {"ab[^e-g]", "abc", true},
      {"a\\*b", "a*b", true},
      {"a\\*b", "ab", false},
      {"a?b", "a☺b", true},
      {"a[^a]b", "a☺b", true},
      {"a???b", "a☺b", false},
      {"[a-ζ]*", "α", true},
      {"*[a-ζ]", "A", false},
      {"a?b", "a/b", false},
      {"a*b", "a/b", false},
      {"[\\-]", "-", true},
      {"[x\\-]", "z", false},
      {"*x", "xxx", true},
      {"**", "ab", true},
      {"**", "a/b", false},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    auto pattern = PathPattern::parse(row.pattern, PathPattern::Dialect::source);
    REQUIRE(pattern.ok());
    CHECK(pattern.value().matches(row.path) == row.matches);
  }
}

TEST_CASE("a pattern that is not whole is refused") {
  for (const char* bad : {"[", "[a", "[a-", "[^", "a[", "\\", "[]"}) {
    CAPTURE(bad);
    CHECK_FALSE(PathPattern::parse(bad, PathPattern::Dialect::source).ok());
  }
}

TEST_CASE("a pattern knows the part before its first wildcard") {
  auto pattern = PathPattern::parse("src/a*/b", PathPattern::Dialect::source).value();
  CHECK(pattern.has_wildcard());
  CHECK(pattern.literal_prefix() == "src/a");
  CHECK_FALSE(PathPattern::parse("a\\*", PathPattern::Dialect::source).value().has_wildcard());
}

TEST_CASE("paths are cleaned as words") {
  CHECK(clean_path("a//b/./c/../d/") == "a/b/d");
  CHECK(clean_path("../../a") == "../../a");
  CHECK(clean_path("/../a") == "/a");
  CHECK(clean_path("") == ".");
  CHECK(path_below_root("../../etc/x/") == "etc/x");
  CHECK(path_below_root("/") == "");
  CHECK(absolute_path("/app", "x/../y") == "/app/y");
  CHECK(absolute_path("/app", "/y") == "/y");
  CHECK(absolute_path("", "y") == "/y");
  CHECK(base_name("a/b") == "b");
}
