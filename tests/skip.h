#pragma once

#include <string_view>

namespace aictr::test {

// Prints `skip: reason` and counts the case as skipped; a program that skipped every case exits with 77.
void note_skip(std::string_view reason);

}  // namespace aictr::test

// Ends a doctest case whose need is not met: `if (geteuid() != 0) SKIP("needs root");`
#define SKIP(reason)                \
  do {                              \
    aictr::test::note_skip(reason); \
    return;                         \
  } while (false)
