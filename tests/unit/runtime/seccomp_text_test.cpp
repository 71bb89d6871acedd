#include "runtime/seccomp_text.h"

#include <doctest/doctest.h>

#include "base/base64.h"

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("a filter that is printed is read as it was") {
  SeccompProgram program;
  program.flags = 5;
  program.needs_listener = true;
  program.instructions = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  auto read = parse_seccomp(print_seccomp(program));
  REQUIRE(read.ok());
  CHECK(read.value().flags == 5);
  CHECK(read.value().needs_listener);
  REQUIRE(read.value().instructions.size() == 2);
  CHECK(read.value().instructions[1].code == 5);
  CHECK(read.value().instructions[1].jt == 6);
  CHECK(read.value().instructions[1].jf == 7);
  CHECK(read.value().instructions[1].k == 8);
}

TEST_CASE("a stored filter that is cut, longer than it says or none is refused") {
  SeccompProgram program;
  program.instructions = {{1, 2, 3, 4}};
  std::string whole = base64_decode(print_seccomp(program)).value();
  for (const std::string& bytes :
       {std::string(), whole.substr(0, 7), whole.substr(0, whole.size() - 1), whole + "x", "x" + whole.substr(1)}) {
    CAPTURE(bytes.size());
    auto read = parse_seccomp(base64_encode(bytes));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == Kind::corrupt);
  }
  CHECK_FALSE(parse_seccomp("no base64!").ok());
}
