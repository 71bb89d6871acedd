#include "cli/build_output.h"

#include <doctest/doctest.h>

using namespace aictr::cli;
using Type = BuildOutput::Type;

TEST_CASE("where a build's result goes") {
  struct Case {
    const char* text;
    Type type;
    const char* destination;
  };
  const Case cases[] = {
      {"out", Type::local, "out"},
      {"-", Type::tar, "-"},
      {"type=local,dest=out", Type::local, "out"},
      {"type=tar,dest=a.tar", Type::tar, "a.tar"},
      {"type=tar", Type::tar, ""},
      {"type=oci,dest=a.tar", Type::oci, "a.tar"},
      {"type=docker,dest=a.tar", Type::oci, "a.tar"},
      {"type=docker", Type::image, ""},
      {"type=image", Type::image, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    auto output = parse_build_output(one.text);
    REQUIRE(output.ok());
    CHECK(output.value().type == one.type);
    CHECK(output.value().destination == one.destination);
  }
}

TEST_CASE("an output that makes no sense is refused by name") {
  for (const char* text :
       {"", "type=local", "type=", "type=rpm,dest=x", "dest=x", "type=tar,compression=gzip", "type=image,dest=x"}) {
    CAPTURE(text);
    auto output = parse_build_output(text);
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().message.starts_with("--output '"));
  }
}

TEST_CASE("the store has an image that goes nowhere else") {
  std::vector<BuildOutput> none;
  CHECK(stays_in_store(none));
  CHECK_FALSE(stays_in_store(std::vector{BuildOutput{Type::local, "x"}}));
  CHECK(stays_in_store(std::vector{BuildOutput{Type::local, "x"}, BuildOutput{}}));
}
