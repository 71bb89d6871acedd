#include "images/step_hint.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

struct Known {
  std::string_view words;  // in what the step printed
  std::string_view hint;   // "{}" stands for what follows the words, up to the end of the word
};

// The first that fits counts: causes come before what follows from them.
constexpr std::array kKnown = {
    Known{"No space left on device", "the disk is full: `aictr image prune` removes what no image and no build needs"},
    Known{"Temporary failure resolving",
          "a name was not resolved: look at the host's /etc/resolv.conf, which steps share"},
    Known{"Temporary failure in name resolution",
          "a name was not resolved: look at the host's /etc/resolv.conf, which steps share"},
    Known{"Could not resolve host", "a name was not resolved: look at the host's /etc/resolv.conf, which steps share"},
    Known{"CERTIFICATE_VERIFY_FAILED",
          "--host-ca always shows steps the certificate authorities that this host trusts"},
    Known{"SSL certificate problem", "--host-ca always shows steps the certificate authorities that this host trusts"},
    Known{"unable to get local issuer certificate",
          "--host-ca always shows steps the certificate authorities that this host trusts"},
    Known{"No matching distribution found for ",
          "no release of '{}' fits this Python and machine: check its name and version, or take a base image with "
          "another "
          "Python"},
    Known{"ResolutionImpossible", "these requirements exclude each other: loosen a version that pip names above"},
    Known{"externally-managed-environment",
          "this Python belongs to the distribution: use a virtual environment, or pip install --break-system-packages"},
    Known{"Unable to locate package ",
          "apt knows no '{}': run apt-get update in the same RUN, before the install, and check the name"},
    Known{"has no installation candidate",
          "run apt-get update in the same RUN, before the install, and check the name"},
    Known{"404  Not Found",
          "the package lists are older than the mirror: run apt-get update in the same RUN as the install"},
    Known{"Python.h: No such file", "install Python's headers in an earlier step: apt-get install python3-dev"},
    Known{"command 'gcc' failed: No such file", "a package is compiled here: apt-get install build-essential before"},
    Known{"command 'x86_64-linux-gnu-gcc' failed: No such file",
          "a package is compiled here: apt-get install build-essential before"},
    Known{"exec format error", "the program is for another kind of processor, or a script without a #! line"},
    Known{"\r': No such file",
          "the script has Windows line ends: convert it with dos2unix, or set eol=lf in .gitattributes"},
    Known{"^M: bad interpreter",
          "the script has Windows line ends: convert it with dos2unix, or set eol=lf in .gitattributes"},
};

std::string filled(std::string_view hint, std::string_view rest) {
  std::size_t place = hint.find("{}");
  if (place == std::string_view::npos) return std::string(hint);
  std::string word = one_line(rest.substr(0, rest.find_first_of(" \t\r\n,;'\"(")));
  return std::string(hint.substr(0, place)) + word + std::string(hint.substr(place + 2));
}

// What a shell, or env(1), says of a program that it does not find: "sh: 1: uv: not found", "bash: line 1: uv: command
// not found", "env: 'uv': No such file or directory".
std::string missing_program(std::string_view printed) {
  for (std::string_view words : {": command not found", ": not found"}) {
    std::size_t end = printed.rfind(words);
    if (end == std::string_view::npos) continue;
    std::string_view before = printed.substr(0, end);
    std::size_t start = before.find_last_of(" \n");
    std::string_view word = start == std::string_view::npos ? before : before.substr(start + 1);
    if (!word.empty()) return one_line(word);
  }
  return {};
}

}  // namespace

std::string hint_for(const StepEnd& end, std::string_view printed) {
  if (end.killed_for_memory) return "the kernel killed it for memory: raise --memory, or let it do less at a time";
  for (const Known& known : kKnown) {
    std::size_t found = printed.rfind(known.words);
    if (found != std::string_view::npos) return filled(known.hint, printed.substr(found + known.words.size()));
  }
  constexpr int kNotExecutable = 126;
  constexpr int kNotFound = 127;
  if (end.exit_code == kNotExecutable)
    return "the file is not executable: COPY --chmod=755, or run it with its interpreter";
  if (end.exit_code != kNotFound) return {};
  std::string program = missing_program(printed);
  return program.empty() ? std::string() : fmt::format("the image has no '{}': install it in an earlier step", program);
}

}  // namespace aictr::images
