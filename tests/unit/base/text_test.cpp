#include "base/text.h"

#include <doctest/doctest.h>

using namespace aictr;
using Words = std::vector<std::string>;

TEST_CASE("splitting keeps empty words, words() drops them") {
  CHECK(split("", ',') == Words{""});
  CHECK(split("a,,b,", ',') == Words{"a", "", "b", ""});
  CHECK(words("").empty());
  CHECK(words(" \t a\n b \r") == Words{"a", "b"});
}

TEST_CASE("joining is the reverse of splitting") {
  CHECK(join(Words{}, ",") == "");
  CHECK(join(Words{"a"}, ",") == "a");
  CHECK(join(Words{"a", "", "b"}, ", ") == "a, , b");
}

TEST_CASE("blanks are trimmed at both ends") {
  CHECK(trim(" \t a b\n\v\f\r") == "a b");
  CHECK(trim("   ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("only ASCII letters change their case") {
  CHECK(lower("AbC-É") == "abc-É");
}

TEST_CASE("a stranger's words are one line without control characters, of bounded length") {
  CHECK(one_line("no\r\n\033[31mred") == "no   [31mred");
  CHECK(one_line("größe") == "größe");
  CHECK(one_line(std::string(1000, 'x')).size() == 300);
}

TEST_CASE("a number is the whole text and fits its type") {
  CHECK(parse_number<int>("-12") == -12);
  CHECK(parse_number<unsigned>("755", 8) == 493U);
  CHECK(parse_number<std::uint64_t>("ffffffffffffffff", 16) == UINT64_MAX);
  for (const std::string bad : {"", " 1", "1 ", "+1", "1x", "0x1", "2147483648", "-"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_number<int>(bad));
  }
  CHECK_FALSE(parse_number<unsigned>("-1"));
  CHECK_FALSE(parse_number<std::int64_t>("9223372036854775808"));
}

TEST_CASE("a slip of the fingers finds the word that was meant") {
  const Words commands = {"run", "rm", "rmi", "images", "inspect"};
  CHECK(nearest("rnu", commands) == "run");
  CHECK(nearest("image", commands) == "images");
  CHECK(nearest("imagse", commands) == "images");
  CHECK(nearest("inpsect", commands) == "inspect");
  CHECK(nearest("rim", commands) == "rm");
}

TEST_CASE("what resembles nothing suggests nothing") {
  const Words commands = {"run", "images"};
  CHECK_FALSE(nearest("completely", commands));
  CHECK_FALSE(nearest("xyz", commands));
  CHECK_FALSE(nearest("", commands));
  CHECK_FALSE(nearest("run", Words{}));
}
