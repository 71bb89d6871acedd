#pragma once

// The commands of aictr-runtime: as cli/body.h for those of aictr, with runc's grammar.

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/body.h"
#include "cli/flags.h"
#include "cli/runtime_globals.h"
#include "runtime/container.h"

namespace aictr::cli {

struct RuntimeContext {
  const RuntimeGlobals& globals;
  const runtime::StateRoot& root;
};

// For what a command of runtime/ warns of.
runtime::Warn warns(const RuntimeContext& context);

// Capabilities that nobody knows are left out, with a warning (config.md).
void warn_of_unknown_capabilities(const RuntimeContext& context, const oci::Process& process);

// The data of a command for one container.
consteval Command of_container(std::string_view name, std::string_view summary, std::span<const Flag> flags = {}) {
  return {.name = name,
          .summary = summary,
          .arguments = "ID",
          .flags = flags,
          .min_arguments = 1,
          .max_arguments = 1,
          .program = "aictr-runtime"};
}

template <class Flags>
using RuntimeRun = Result<int> (*)(const RuntimeContext& context, Flags& flags,
                                   const std::vector<std::string>& arguments);

struct RuntimeBody {
  const Command* command;
  Result<int> (*run)(const Command& command, const RuntimeContext& context, std::span<const std::string> words);
  int failure = 1;  // the exit code when it fails, as runc's
};

// Go's flag package takes one dash for two: "-bundle DIR" is "--bundle DIR" for every flag of the command.
std::vector<std::string> with_two_dashes(const Command& command, std::span<const std::string> words);

template <class Flags, RuntimeRun<Flags> run>
Result<int> parse_and_run_runtime(const Command& command, const RuntimeContext& context,
                                  std::span<const std::string> words) {
  Flags flags;
  Parsed parsed = TRY(parse_flags(command, with_two_dashes(command, words), &flags));
  if (!parsed.help) return run(context, flags, parsed.arguments);
  TRY(print_help(command));
  return 0;
}

template <class Flags, RuntimeRun<Flags> run>
constexpr RuntimeBody bind_runtime(const CommandFor<Flags>& command, int failure = 1) {
  return {&command, &parse_and_run_runtime<Flags, run>, failure};
}

// Each file of commands gives its own.
std::span<const RuntimeBody> create_commands();      // create, run
std::span<const RuntimeBody> lifecycle_commands();   // start, kill, delete
std::span<const RuntimeBody> exec_commands();        // exec
std::span<const RuntimeBody> state_commands();       // state, list
std::span<const RuntimeBody> control_commands();     // pause, resume
std::span<const RuntimeBody> update_commands();      // update
std::span<const RuntimeBody> process_commands();     // ps
std::span<const RuntimeBody> events_commands();      // events
std::span<const RuntimeBody> checkpoint_commands();  // checkpoint, restore
std::span<const RuntimeBody> spec_commands();        // spec
std::span<const RuntimeBody> features_commands();    // features

}  // namespace aictr::cli
