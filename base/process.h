#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sys_process.h"
#include "base/unique_fd.h"

namespace aictr {

// A program to run to its end. It gets exactly `environment`, no descriptor of ours but the three standard ones,
// default signal dispositions and an empty signal mask.
struct Command {
  std::string program;                                // an absolute path; nothing is searched
  std::vector<std::string> arguments;                 // argv, with argv[0]
  std::vector<std::string> environment;               // KEY=value
  std::string input;                                  // what it reads from its standard input
  std::optional<std::chrono::milliseconds> deadline;  // killed with SIGKILL when it is not done by then
  std::size_t output_limit = 64U << 10;               // bytes of its output that are kept
  std::optional<int> input_file = std::nullopt;       // a descriptor that is its standard input instead
};

struct CommandResult {
  sys::Ended ended;
  std::string output;  // standard output and standard error together, up to the limit
};

// The absolute path of a program in $PATH; Kind::not_found when it is not there.
Result<std::string> find_program(const std::string& name);
// Our own variables, for a program that is to work as its user has set it up.
std::vector<std::string> our_environment();

// An error when it cannot be started or runs out of time; a non-zero exit is for the caller to judge.
Result<CommandResult> run_command(const Command& command);

}  // namespace aictr
