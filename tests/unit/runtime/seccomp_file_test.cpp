#include "runtime/seccomp_file.h"

#include <fcntl.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("a filter that is saved is loaded as it was, and a container without one has none") {
  test::TempDir dir;
  StateRoot root = StateRoot::open(dir.path()).value();
  SeccompProgram program;
  program.flags = 5;
  program.instructions = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  REQUIRE(save_seccomp(root, "id", program).ok());
  auto loaded = load_seccomp(root, "id").value();
  REQUIRE(loaded);
  CHECK(loaded->flags == 5);
  REQUIRE(loaded->instructions.size() == 2);
  CHECK(loaded->instructions[1].code == 5);
  CHECK(loaded->instructions[1].k == 8);
  REQUIRE(remove_seccomp(root, "id").ok());
  CHECK_FALSE(load_seccomp(root, "id").value());
  CHECK(remove_seccomp(root, "id").ok());
}

TEST_CASE("a filter that is damaged is an error, never a container without one") {
  test::TempDir dir;
  StateRoot root = StateRoot::open(dir.path()).value();
  SeccompProgram program;
  program.instructions = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  REQUIRE(save_seccomp(root, "id", program).ok());
  std::string whole = read_file(AT_FDCWD, dir / "id.seccomp").value();
  for (std::string bytes :
       {std::string(), whole.substr(0, 7), whole.substr(0, whole.size() - 1), whole + "x", "x" + whole.substr(1)}) {
    REQUIRE(write_file(AT_FDCWD, dir / "id.seccomp", bytes, 0600, Durability::until_reboot).ok());
    CHECK(load_seccomp(root, "id").error().kind == Kind::corrupt);
  }
}
