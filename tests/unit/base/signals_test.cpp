#include "base/signals.h"

#include <signal.h>

#include <doctest/doctest.h>

using aictr::parse_signal;

TEST_CASE("a signal is named with or without SIG, in any case, or by number") {
  for (const char* text : {"SIGTERM", "TERM", "term", "sigterm", "15"}) {
    CAPTURE(text);
    CHECK(parse_signal(text).value() == SIGTERM);
  }
  CHECK(parse_signal("KILL").value() == SIGKILL);
  CHECK(parse_signal("0").value() == 0);
  CHECK(parse_signal("RTMIN").value() == SIGRTMIN);
  CHECK(parse_signal("SIGRTMIN+3").value() == SIGRTMIN + 3);
  CHECK(parse_signal("RTMAX-1").value() == SIGRTMAX - 1);
}

TEST_CASE("what is no signal is refused by name") {
  for (const char* text : {"", "SIG", "TERMS", "-1", "65", "9x", "RTMIN-1", "RTMAX+1", "RTMIN+99", "SIGRTMIN+"}) {
    CAPTURE(text);
    CHECK(parse_signal(text).error().message == "unknown signal '" + std::string(text) + "'");
  }
}
