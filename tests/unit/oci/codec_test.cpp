#include "oci/codec.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

namespace aictr::oci {

struct Inner {
  std::string name;
  std::optional<int> level;
};

template <class Codec>
void fields(Codec& codec, Is<Inner> auto& inner) {
  codec("name", inner.name, required);
  codec("level", inner.level);
}

struct Outer {
  bool flag = false;
  std::uint16_t small = 7;
  std::uint64_t large = 0;
  double ratio = 0;
  std::string text = "default";
  std::vector<Inner> list;
  std::map<std::string, std::string> map;
  std::optional<std::vector<std::string>> maybe;
  std::map<std::string, Inner> named;
};

template <class Codec>
void fields(Codec& codec, Is<Outer> auto& outer) {
  codec("flag", outer.flag);
  codec("small", outer.small);
  codec("large", outer.large);
  codec("ratio", outer.ratio);
  codec("text", outer.text);
  codec("list", outer.list);
  codec("map", outer.map);
  codec("maybe", outer.maybe);
  codec("named", outer.named);
}

}  // namespace aictr::oci

namespace {

Result<Outer> decode(std::string_view text) {
  return Decoder::decode<Outer>(parse_json(text).value(), "outer");
}

std::string problem(std::string_view text) {
  auto outer = decode(text);
  REQUIRE_FALSE(outer.ok());
  CHECK(outer.error().kind == Kind::corrupt);
  return outer.error().message;
}

}  // namespace

TEST_CASE("members that are absent, null or unknown leave the defaults") {
  auto outer = decode(R"({"small":null,"unheard of":1})");
  REQUIRE(outer.ok());
  CHECK(outer.value().small == 7);
  CHECK(outer.value().text == "default");
  CHECK_FALSE(outer.value().maybe.has_value());
}

TEST_CASE("values are read into their types") {
  auto outer = decode(R"({"flag":true,"small":65535,"large":18446744073709551615,"ratio":2,"text":"",
                          "list":[{"name":"a","level":-1},{"name":"b"}],"map":{"x/y":"z"},"maybe":[]})");
  REQUIRE(outer.ok());
  const Outer& value = outer.value();
  CHECK(value.flag);
  CHECK(value.small == 65535);
  CHECK(value.large == UINT64_MAX);
  CHECK(value.ratio == 2.0);
  CHECK(value.text.empty());
  REQUIRE(value.list.size() == 2);
  CHECK(value.list[0].level == -1);
  CHECK_FALSE(value.list[1].level.has_value());
  CHECK(value.map.at("x/y") == "z");
  CHECK(value.maybe->empty());
}

TEST_CASE("what is wrong is named by its JSON pointer") {
  CHECK(problem(R"({"flag":1})") == "outer: /flag must be true or false");
  CHECK(problem(R"({"small":65536})") == "outer: /small must be between 0 and 65535");
  CHECK(problem(R"({"small":-1})") == "outer: /small must be between 0 and 65535");
  CHECK(problem(R"({"small":1.5})") == "outer: /small must be a whole number");
  CHECK(problem(R"({"small":"1"})") == "outer: /small must be a whole number");
  CHECK(problem(R"({"text":[]})") == "outer: /text must be a string");
  CHECK(problem(R"({"list":{}})") == "outer: /list must be an array");
  CHECK(problem(R"({"list":[{"name":"a"},{"name":1}]})") == "outer: /list/1/name must be a string");
  CHECK(problem(R"({"list":[{"name":"a"},{}]})") == "outer: /list/1/name is missing");
  CHECK(problem(R"({"list":[null]})") == "outer: /list/0 must be an object");
  CHECK(problem(R"({"map":{"a":1}})") == "outer: /map/a must be a string");
  CHECK(problem("[]") == "outer: the document must be an object");
}

TEST_CASE("a name with a slash or a tilde is escaped in the pointer") {
  CHECK(problem(R"({"map":{"net/a~b":1}})") == "outer: /map/net~1a~0b must be a string");
}

TEST_CASE("of several faults the first is told") {
  CHECK(problem(R"({"flag":1,"small":"x"})") == "outer: /flag must be true or false");
}

TEST_CASE("what is empty is left out, what is present and empty is not") {
  Outer outer;
  outer.text = "";
  CHECK(print_json(Encoder::encode(outer)) == R"({"small":7})");
  outer.small = 0;
  CHECK(print_json(Encoder::encode(outer)) == "{}");
  outer.maybe.emplace();
  CHECK(print_json(Encoder::encode(outer)) == R"({"maybe":[]})");
  outer.list.push_back({"", 0});
  CHECK(print_json(Encoder::encode(outer)) == R"({"list":[{"name":"","level":0}],"maybe":[]})");
}

TEST_CASE("what is written can be read") {
  Outer outer;
  outer.flag = true;
  outer.large = UINT64_MAX;
  outer.ratio = 0.25;
  outer.map = {{"k", "v"}};
  outer.named["a"].name = "b";
  std::string text = print_json(Encoder::encode(outer));
  auto read = decode(text);
  REQUIRE(read.ok());
  CHECK(print_json(Encoder::encode(read.value())) == text);
  CHECK(read.value().large == UINT64_MAX);
}
