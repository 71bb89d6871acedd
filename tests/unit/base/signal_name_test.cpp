#include "base/signal_name.h"

#include <signal.h>

#include <doctest/doctest.h>

using aictr::signal_number;

TEST_CASE("signals have names with and without SIG, in any case, and numbers") {
  CHECK(signal_number("SIGTERM") == SIGTERM);
  CHECK(signal_number("term") == SIGTERM);
  CHECK(signal_number("15") == SIGTERM);
  CHECK(signal_number("SigWinch") == SIGWINCH);
  CHECK(signal_number("IOT") == SIGABRT);
}

TEST_CASE("real-time signals count from both ends, in the kernel's numbers") {
  CHECK(signal_number("RTMIN") == 34);
  CHECK(signal_number("SIGRTMIN+3") == 37);
  CHECK(signal_number("SIGRTMAX") == 64);
  CHECK(signal_number("rtmax-14") == 50);
}

TEST_CASE("what is no signal is none") {
  for (const char* bad : {"", "SIG", "SIGTREM", "0", "65", "-1", "RTMIN+31", "RTMAX+1", "RTMIN-1", "15x"}) {
    CAPTURE(bad);
    CHECK_FALSE(signal_number(bad).has_value());
  }
}
