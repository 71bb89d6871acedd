#include "images/mode_change.h"

#include <doctest/doctest.h>

using aictr::images::ModeChange;

namespace {

unsigned applied(const char* change, unsigned mode, bool directory = false) {
  auto parsed = ModeChange::parse(change);
  REQUIRE(parsed.ok());
  return parsed.value().apply(mode, directory);
}

}  // namespace

TEST_CASE("octal modes replace") {
  CHECK(applied("755", 0600) == 0755);
  CHECK(applied("04755", 0) == 04755);
  CHECK(applied("0", 0777) == 0);
}

TEST_CASE("symbolic modes change") {
  CHECK(applied("u=rwX,go=rX", 0600) == 0644);
  CHECK(applied("u=rwX,go=rX", 0700) == 0755);
  CHECK(applied("u=rwX,go=rX", 0600, true) == 0755);
  CHECK(applied("a+x", 0644) == 0755);
  CHECK(applied("+x", 0644) == 0755);
  CHECK(applied("go-rwx", 0777) == 0700);
  CHECK(applied("u+s", 0755) == 04755);
  CHECK(applied("g+s", 0755) == 02755);
  CHECK(applied("+t", 0777) == 01777);
  CHECK(applied("o=u", 0740) == 0747);
  CHECK(applied("g=", 0777) == 0707);
  CHECK(applied("u+x-w", 0600) == 0500);
  CHECK(applied("a-s", 06755) == 0755);
}

TEST_CASE("what is no mode is refused") {
  for (const char* bad : {"", "8", "10000", "0x1", "rwx", "z+x", "u+q", "u", ",", "u=rw,"}) {
    CAPTURE(bad);
    CHECK_FALSE(ModeChange::parse(bad).ok());
  }
}
