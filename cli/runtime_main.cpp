#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/core.h>

#include "base/text.h"
#include "base/trace.h"
#include "cli/report.h"
#include "cli/runtime_body.h"
#include "runtime/self_protect.h"

namespace {

using namespace aictr;
using namespace aictr::cli;

std::vector<RuntimeBody> all_bodies() {
  std::vector<RuntimeBody> bodies;
  for (auto commands : {create_commands(), exec_commands(), lifecycle_commands(), control_commands(), update_commands(),
                        state_commands(), process_commands(), events_commands(), checkpoint_commands(), spec_commands(),
                        features_commands()})
    bodies.insert(bodies.end(), commands.begin(), commands.end());
  return bodies;
}

// Docker and Podman read these lines.
std::string version_text() {
  return fmt::format("aictr-runtime version {}\nspec: {}\n", AICTR_VERSION, oci::kRuntimeSpecVersion);
}

std::string overview(std::span<const RuntimeBody> bodies) {
  std::string text = "aictr-runtime: run containers from OCI bundles, as runc does\n\ncommands:\n";
  for (const RuntimeBody& body : bodies)
    text += fmt::format("  {:<10} {}\n", body.command->name, body.command->summary);
  return text + "\n'aictr-runtime COMMAND --help' shows the flags of a command\n";
}

Error unknown_command(const std::string& word, std::span<const RuntimeBody> bodies) {
  std::vector<std::string> names;
  for (const RuntimeBody& body : bodies) names.emplace_back(body.command->name);
  auto meant = nearest(word, names);
  return make_error(Kind::usage, fmt::format("unknown command '{}'{}", word,
                                             meant ? fmt::format(", did you mean '{}'?", *meant) : ""));
}

Result<int> show(std::string_view text) {
  TRY(print(text));
  return 0;
}

bool makes_container(std::string_view command) {
  return command == "create" || command == "run" || command == "restore";
}

bool enters_container(std::string_view command) {
  return makes_container(command) || command == "exec";
}

// `failure`: the exit code if there is an error.
Result<int> run_words(RuntimeGlobals& globals, std::span<const std::string> words, char** argv, int& failure) {
  Parsed parsed = TRY(parse_flags(kRuntimeGlobalFlags, with_two_dashes(kRuntimeGlobalFlags, words), &globals));
  if (globals.debug || std::getenv("AICTR_TRACE") != nullptr) trace_enable(STDERR_FILENO);
  auto bodies = all_bodies();
  if (globals.version) return show(version_text());
  if (parsed.help || parsed.arguments.empty()) return show(overview(bodies));
  auto body =
      std::ranges::find_if(bodies, [&](const RuntimeBody& b) { return b.command->name == parsed.arguments[0]; });
  if (body == bodies.end()) return unknown_command(parsed.arguments[0], bodies);
  failure = body->failure;
  if (globals.root.empty()) globals.root = default_runtime_root();
  if (enters_container(body->command->name)) TRY(runtime::protect_self(argv));
  bool makes = makes_container(body->command->name);
  auto root = TRY(makes ? runtime::StateRoot::open(globals.root) : runtime::StateRoot::look(globals.root));
  return TRY_AS(body->command->name,
                body->run(*body->command, {globals, root}, std::span(parsed.arguments).subspan(1)));
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  RuntimeGlobals globals;
  int failure = 1;
  auto result = run_words(globals, words, argv, failure);
  if (result.ok()) return result.value();
  log_runtime_error(globals, result.error());
  return failure;
}
