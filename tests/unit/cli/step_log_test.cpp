#include "cli/step_log.h"

#include <doctest/doctest.h>

using aictr::cli::printable;
using aictr::cli::StepLog;

namespace {

const StepLog::Clock::time_point kStart{};

StepLog::Clock::time_point after(int milliseconds) {
  return kStart + std::chrono::milliseconds(milliseconds);
}

}  // namespace

TEST_CASE("a log has whole lines, with the time at which each was whole") {
  StepLog log(kStart);
  CHECK(log.add("one\ntw", after(100)).size() == 1);
  CHECK(log.add("o\n", after(250)).size() == 1);
  CHECK(log.add("rest", after(300)).empty());
  CHECK(log.finish(after(400)).size() == 1);
  CHECK(log.finish(after(500)).empty());
  CHECK(log.whole() == "0.100 one\n0.250 two\n0.400 rest\n");
}

TEST_CASE("a progress bar is one line, as it was last") {
  StepLog log(kStart);
  log.add("  1%\r 50%\r100%\r\nnext\r\n", after(0));
  REQUIRE(log.lines().size() == 2);
  CHECK(log.lines()[0].text == "100%");
  CHECK(log.lines()[1].text == "next");
}

TEST_CASE("what is drawn on a terminal has no control characters") {
  CHECK(printable("\033[1;31mred\033[0m\a") == "red");
  CHECK(printable("a\tb") == "a b");
  CHECK(printable("\033]0;title\atext") == "text");
  CHECK(printable("\033[2") == "");
  CHECK(printable("größe") == "größe");
}
