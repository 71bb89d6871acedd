#include "cli/runtime_body.h"

#include <algorithm>

#include <fmt/core.h>

#include "runtime/privileges.h"

namespace aictr::cli {

std::vector<std::string> with_two_dashes(const Command& command, std::span<const std::string> words) {
  std::vector<std::string> result(words.begin(), words.end());
  for (std::string& word : result) {
    if (word == "--" || (command.interspersed == Interspersed::no && !word.starts_with('-'))) break;
    if (!word.starts_with('-') || word.starts_with("--")) continue;
    std::string_view name = std::string_view(word).substr(1, word.find('=') - 1);
    if (name.size() > 1 && std::ranges::any_of(command.flags, [&](const Flag& flag) { return flag.name == name; }))
      word.insert(0, "-");
  }
  return result;
}

runtime::Warn warns(const RuntimeContext& context) {
  return [&context](const Error& error) { log_runtime_warning(context.globals, error); };
}

void warn_of_unknown_capabilities(const RuntimeContext& context, const oci::Process& process) {
  if (!process.capabilities) return;
  for (const std::string& name : runtime::unknown_capabilities(*process.capabilities)) {
    log_runtime_warning(context.globals,
                        make_error(Kind::usage, fmt::format("/process/capabilities: '{}' is not known", name)));
  }
}

}  // namespace aictr::cli
