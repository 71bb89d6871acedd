#include "images/step_hint.h"

#include <doctest/doctest.h>

using namespace aictr::images;

TEST_CASE("a failure that people meet often has its mend") {
  struct Case {
    const char* printed;
    int exit_code;
    const char* hint;
  };
  const Case cases[] = {
      {"ERROR: Could not find a version that satisfies the requirement torchh (from versions: none)\n"
       "ERROR: No matching distribution found for torchh\n",
       1, "no release of 'torchh' fits this Python"},
      {"ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/\n", 1, "exclude each other"},
      {"error: externally-managed-environment\n", 1, "--break-system-packages"},
      {"E: Unable to locate package libgl1-mesa-glx\n", 100, "apt knows no 'libgl1-mesa-glx': run apt-get update"},
      {"E: Package 'python3.9' has no installation candidate\n", 100, "run apt-get update in the same RUN"},
      {"E: Failed to fetch http://deb.example/x.deb  404  Not Found [IP: 192.0.2.1 80]\n", 100,
       "older than the mirror"},
      {"W: Failed to fetch http://deb.example/  Temporary failure resolving 'deb.example'\n"
       "E: Unable to locate package git\n",
       100, "a name was not resolved"},
      {"curl: (6) Could not resolve host: example.com\n", 6, "/etc/resolv.conf"},
      {"curl: (60) SSL certificate problem: unable to get local issuer certificate\n", 60, "--host-ca always"},
      {"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed\n", 1, "--host-ca always"},
      {"tar: x: Cannot write: No space left on device\n", 2, "aictr image prune"},
      {"/bin/sh: 1: uv: not found\n", 127, "the image has no 'uv'"},
      {"bash: line 1: nvcc: command not found\n", 127, "the image has no 'nvcc'"},
      {"/bin/sh: 1: ./start.sh: Permission denied\n", 126, "COPY --chmod=755"},
      {"x.c:1:10: fatal error: Python.h: No such file or directory\n", 1, "python3-dev"},
      {"error: command 'gcc' failed: No such file or directory\n", 1, "build-essential"},
      {"/usr/bin/env: 'bash\r': No such file or directory\n", 127, "Windows line ends"},
      {"exec /app/run: exec format error\n", 1, "another kind of processor"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.printed);
    CHECK(hint_for({one.exit_code, false}, one.printed).find(one.hint) != std::string::npos);
  }
}

TEST_CASE("a step that was killed for memory is told so, whatever it printed") {
  CHECK(hint_for({137, true}, "No space left on device").find("--memory") != std::string::npos);
}

TEST_CASE("where nothing is known, nothing is said") {
  CHECK(hint_for({1, false}, "") == "");
  CHECK(hint_for({2, false}, "make: *** [all] Error 2\n") == "");
  CHECK(hint_for({127, false}, "") == "");
}

TEST_CASE("what a hint takes from the step's words is one line") {
  CHECK(hint_for({1, false}, "No matching distribution found for \033[31mx\033[0m\n").find('\033') ==
        std::string::npos);
}
