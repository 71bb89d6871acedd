#include "hooks/host_node.h"

#include <doctest/doctest.h>

using namespace aictr;

TEST_CASE("a node of the host has its type and numbers") {
  auto null = hooks::find_host_node("/dev/null");
  REQUIRE(null.ok());
  CHECK(null.value().type == "c");
  CHECK(null.value().major == 1);
  CHECK(null.value().minor == 3);
}

TEST_CASE("what is no device node has no type, and what is not there is an error") {
  CHECK(hooks::find_host_node("/dev").value().type.empty());
  CHECK(hooks::find_host_node("/proc/self").value().type.empty());  // a symbolic link
  CHECK(hooks::find_host_node("/dev/no-such").error().kind == Kind::not_found);
}
