#include "images/registry_challenge.h"

#include <doctest/doctest.h>

using namespace aictr::images;

TEST_CASE("a bearer challenge is read") {
  auto found = parse_challenges(
      R"(Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push")");
  REQUIRE(found.size() == 1);
  CHECK(found[0].scheme == "bearer");
  CHECK(found[0].parameter("realm") == "https://auth.example.com/token");
  CHECK(found[0].parameter("scope") == "repository:a/b:pull,push");
  CHECK(found[0].parameter("error").empty());
}

TEST_CASE("a header may carry several, with odd blanks and quotes") {
  auto found = parse_challenges(R"( basic Realm = "a \"b\", c" ,  Bearer realm=x , error="insufficient_scope")");
  REQUIRE(found.size() == 2);
  CHECK(found[0].scheme == "basic");
  CHECK(found[0].parameter("realm") == R"(a "b", c)");
  CHECK(found[1].parameter("realm") == "x");
  CHECK(found[1].parameter("error") == "insufficient_scope");
}

TEST_CASE("noise is left out and ends") {
  CHECK(parse_challenges("").empty());
  CHECK(parse_challenges(",,, ").empty());
  CHECK(parse_challenges("\"quoted\"").empty());
  CHECK(parse_challenges("Bearer realm=\"open").size() == 1);
  CHECK(parse_challenges("a=b").empty());
}
