#pragma once

// Binds a command's data (flags, help) to the function that does it. The data is linked into every program, so that
// help, completion and man pages are whole; a program has the bodies of its own commands only.

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

// The exit code, or an Error, which is printed and makes 125.
template <class Flags>
using Run = Result<int> (*)(const Globals& globals, const Flags& flags, const std::vector<std::string>& arguments);

struct Body {
  const Command* command;
  Result<int> (*run)(const Command& command, const Globals& globals, std::span<const std::string> words);
};

// Prints the help of a command to standard output.
Result<void> print_help(const Command& command);

namespace detail {

template <class Flags, Run<Flags> run>
Result<int> parse_and_run(const Command& command, const Globals& globals, std::span<const std::string> words) {
  Flags flags;
  Parsed parsed = TRY(parse_flags(command, words, &flags));
  if (!parsed.help) return run(globals, flags, parsed.arguments);
  TRY(print_help(command));
  return 0;
}

}  // namespace detail

// bind<RunFlags, run>(kRunCommand)
template <class Flags, Run<Flags> run>
constexpr Body bind(const CommandFor<Flags>& command) {
  return {&command, &detail::parse_and_run<Flags, run>};
}

}  // namespace aictr::cli
