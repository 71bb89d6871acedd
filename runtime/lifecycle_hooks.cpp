#include "runtime/lifecycle_hooks.h"

#include <chrono>
#include <string>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

Result<void> run_hook(const oci::Hook& hook, const std::string& state) {
  Command command;
  command.program = hook.path;
  command.arguments = hook.args.empty() ? std::vector<std::string>{hook.path} : hook.args;
  command.environment = hook.env;
  command.input = state;
  if (hook.timeout) command.deadline = std::chrono::seconds(*hook.timeout);
  CommandResult result = TRY(run_command(command));
  if (!result.ended.signaled && result.ended.status == 0) return {};
  std::string how = result.ended.signaled ? fmt::format("signal {}", result.ended.status)
                                          : fmt::format("exit status {}", result.ended.status);
  return make_error(Kind::internal, fmt::format("{}, output: {}", how, trim(result.output)));
}

Result<void> run_hook_of(std::string_view kind, const std::vector<oci::Hook>& hooks, std::size_t i,
                         const std::string& state) {
  TRY_AS(fmt::format("error running {} hook #{}", kind, i), run_hook(hooks[i], state));
  return {};
}

}  // namespace

Result<void> run_hooks(std::string_view kind, const std::vector<oci::Hook>& hooks, const oci::State& state) {
  if (hooks.empty()) return {};
  std::string text = oci::print_state(state);
  for (std::size_t i = 0; i < hooks.size(); ++i) TRY(run_hook_of(kind, hooks, i, text));
  return {};
}

std::vector<Error> run_every_hook(std::string_view kind, const std::vector<oci::Hook>& hooks, const oci::State& state) {
  std::vector<Error> failures;
  std::string text = oci::print_state(state);
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    auto done = run_hook_of(kind, hooks, i, text);
    if (!done.ok()) failures.push_back(std::move(done).error());
  }
  return failures;
}

}  // namespace aictr::runtime
