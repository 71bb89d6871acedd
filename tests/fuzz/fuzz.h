#pragma once

// A fuzzer is a file that defines fuzz(), and a line in CMakeLists.txt. It is built twice: with libFuzzer, which looks
// for inputs that break it (scripts/test --fuzz), and with replay.cpp, which gives it those that are kept.

#include <cstdio>
#include <cstdlib>
#include <string_view>

// Whatever the input is, this returns. What must hold is said with require(); the sanitizers watch the rest.
void fuzz(std::string_view input);

inline void require(bool holds, std::string_view sentence) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: it does not hold that %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  std::abort();
}
