#include "oci/json.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace aictr;
using oci::Json;
using oci::parse_json;
using oci::print_json;

namespace {

// What is read and printed again.
std::string again(std::string_view text) {
  auto json = parse_json(text);
  return json.ok() ? print_json(json.value()) : "error";
}

}  // namespace

TEST_CASE("what is read and printed again looks the same") {
  for (const std::string text :
       {R"({"z":1,"a":[true,false,null],"m":{"x":"y"}})", "[]", "{}", "\"\"", "0", "-9223372036854775808",
        "9223372036854775807", "18446744073709551615", "0.5", R"("é\n\"\\ €")"}) {
    CAPTURE(text);
    CHECK(again(text) == text);
  }
  CHECK(print_json(parse_json(R"({"a":[1]})").value(), 2) == "{\n  \"a\": [\n    1\n  ]\n}");
}

TEST_CASE("whole numbers that fit are signed, larger ones unsigned, the rest floating") {
  CHECK(parse_json("1").value().as<std::int64_t>() != nullptr);
  CHECK(parse_json("9223372036854775808").value().as<std::uint64_t>() != nullptr);
  CHECK(parse_json("18446744073709551616").value().as<double>() != nullptr);
  CHECK(parse_json("1.0").value().as<double>() != nullptr);
}

TEST_CASE("of members with one name the last counts") {
  Json json = parse_json(R"({"a":1,"b":2,"a":3})").value();
  CHECK(*json.find("a")->as<std::int64_t>() == 3);
  CHECK(json.find("c") == nullptr);
  CHECK(parse_json("[1]").value().find("a") == nullptr);
}

TEST_CASE("members are set in place or appended") {
  Json json;
  json.set("a", Json(std::int64_t{1}));
  json.set("b", Json("x"));
  json.set("a", Json(true));
  CHECK(print_json(json) == R"({"a":true,"b":"x"})");
}

TEST_CASE("text that is not one JSON value is refused with its place") {
  for (const std::string bad : {"", " ", "{", "[1,]", "{\"a\"}", "nul", "1 2", "'a'", "{\"a\":1,}", "\"\xff\"",
                                "\"\x01\"", "01", "NaN", "1e400", "// comment\n1"}) {
    CAPTURE(bad);
    auto json = parse_json(bad);
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().kind == Kind::corrupt);
    CHECK(json.error().message.starts_with("not valid JSON: "));
    CHECK(json.error().message.size() > 16);
  }
  CHECK(parse_json("{\n  \"a\": ?\n}").error().message.find("line 2, column 8") != std::string::npos);
}

TEST_CASE("a hostile depth is refused, not recursed into") {
  CHECK(parse_json(std::string(100, '[') + std::string(100, ']')).ok());
  auto deep = parse_json(std::string(1'000'000, '['));
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().message == "not valid JSON: nested too deeply");
}

TEST_CASE("an object of very many members is read and printed in no time") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"member" + std::to_string(i) + "\":0,";
  text.back() = '}';
  auto start = std::chrono::steady_clock::now();
  CHECK(again(text) == text);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("bytes that are not UTF-8 are replaced in what is printed") {
  CHECK(print_json(Json(std::string("a\xff"
                                    "b"))) ==
        "\"a\xef\xbf\xbd"
        "b\"");
}
