#include "cli/detach_keys.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

TEST_CASE("the keys are read as Docker writes them") {
  CHECK(DetachKeys::parse("ctrl-p,ctrl-q").value().pass("\x10\x11").empty());
  CHECK(DetachKeys::parse("a").value().pass("ba") == "b");
  CHECK(DetachKeys::parse("CTRL-@").ok());
  for (const char* bad : {"ctrl-", "ctrl-1", "ab", "a,,b", "shift-a"}) CHECK_FALSE(DetachKeys::parse(bad).ok());
}

TEST_CASE("what is typed goes to the container, but for the whole sequence") {
  DetachKeys keys = DetachKeys::parse("ctrl-],ctrl-]").value();
  CHECK(keys.pass("ls\n") == "ls\n");
  CHECK(keys.pass("\x1d").empty());
  CHECK(keys.are_begun());
  CHECK(keys.pass("x") == "\x1dx");  // it was none
  CHECK_FALSE(keys.are_begun());
  CHECK(keys.pass("\x1d").empty());
  CHECK(keys.give_back() == "\x1d");  // nothing came for a while
  CHECK_FALSE(keys.are_complete());
  CHECK(keys.pass("a\x1d\x1d"
                  "b") == "a");
  CHECK(keys.are_complete());
}

TEST_CASE("without keys there is no way to detach") {
  DetachKeys keys = DetachKeys::parse("").value();
  CHECK(keys.pass("\x1d\x1d\x10\x11") == "\x1d\x1d\x10\x11");
  CHECK_FALSE(keys.are_complete());
}
