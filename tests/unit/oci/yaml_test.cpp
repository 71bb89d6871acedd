#include "oci/yaml.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

namespace {

std::string as_json(const std::string& yaml) {
  auto document = parse_yaml(yaml);
  return document.ok() ? print_json(document.value().root) : document.error().message;
}

}  // namespace

TEST_CASE("scalars of YAML become what they mean") {
  CHECK(as_json("[1, -2, 0x10, 010, 0o17, 1.5, true, ~, null, x, '1', \"true\", 1.2.3, 18446744073709551615]") ==
        R"([1,-2,16,8,15,1.5,true,null,null,"x","1","true","1.2.3",18446744073709551615])");
  CHECK(as_json("a:\n  b: [c]\n  d:\n") == R"({"a":{"b":["c"],"d":null}})");
  CHECK(as_json("1: x\n") == R"({"1":"x"})");
  CHECK(as_json("--1") == R"("--1")");
  CHECK(as_json("09") == R"(9.0)");
}

TEST_CASE("aliases repeat what they name, and not without end") {
  CHECK(as_json("a: &x [1]\nb: *x\n") == R"({"a":[1],"b":[1]})");
  CHECK(as_json("a: &x [*x]\n").starts_with("not valid YAML at line 1"));
  std::string bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(as_json(bomb).ends_with("too many values"));
  CHECK(as_json(std::string(1000, '[')).starts_with("not valid YAML"));
  CHECK(as_json("? [a]\n: b\n") == "not valid YAML at line 1, column 3: the name of a member must be a scalar");
}

TEST_CASE("every part of a document has its line") {
  auto document = parse_yaml("a:\n- b: 1\n  c/d:\n    e\n- 2\n");
  REQUIRE(document.ok());
  const auto& lines = document.value().lines;
  CHECK(lines.at("") == 1);
  CHECK(lines.at("/a") == 1);
  CHECK(lines.at("/a/0") == 2);
  CHECK(lines.at("/a/0/c~1d") == 3);
  CHECK(lines.at("/a/1") == 5);
}

TEST_CASE("what is printed is read again as the same") {
  const char* json =
      R"({"a":["x","",[1,[2]],{"b":"true","c":"1","d":null},{}],"y":"a: b","z":"line\nline","0":-1,"m":{"n":{"o":[]}},"t":"\u00e9\t#","u":"- x"})";
  auto value = parse_json(json);
  REQUIRE(value.ok());
  std::string yaml = print_yaml(value.value());
  CHECK(as_json(yaml) == print_json(value.value()));
  CHECK(
      yaml.starts_with("a:\n- x\n- \"\"\n- - 1\n  - - 2\n- b: \"true\"\n  c: \"1\"\n  d: null\n- {}\n\"y\": \"a: "
                       "b\"\nz: \"line\\nline\"\n"));
}

TEST_CASE("what another program read comes back as it was, or with the reason why not") {
  auto read = parse_yaml("a: [1, x]\n");
  auto back = unpack_yaml_result(pack_yaml_result(read));
  REQUIRE(back.ok());
  CHECK(print_json(back.value().root) == R"({"a":[1,"x"]})");
  CHECK(back.value().lines == read.value().lines);
  auto broken = parse_yaml("a: [");
  CHECK(unpack_yaml_result(pack_yaml_result(broken)).error().message == broken.error().message);
  CHECK_FALSE(unpack_yaml_result("Killed").ok());
}
