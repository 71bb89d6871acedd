#include "cli/runtime_body.h"

#include <algorithm>

#include <fmt/core.h>

#include "runtime/privileges.h"

namespace aictr::cli {

namespace {

// The flag that a word is, written with one dash or two, or as a letter; without what follows "=".
const Flag* flag_of(const Command& command, std::string_view word) {
  std::string_view name = word.substr(0, word.find('='));
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  bool letter = name.size() == 1 && !word.starts_with("--");
  auto found = std::ranges::find_if(
      command.flags, [&](const Flag& flag) { return letter ? flag.letter == name[0] : flag.name == name; });
  return found == command.flags.end() ? nullptr : &*found;
}

// Those of the ambient set that no process can have there, for they are not permitted and inheritable.
std::vector<std::string> ambient_in_vain(const oci::Capabilities& sets) {
  std::vector<std::string> in_vain;
  for (const std::string& name : sets.ambient) {
    bool possible = std::ranges::count(sets.permitted, name) > 0 && std::ranges::count(sets.inheritable, name) > 0;
    if (!possible && runtime::is_capability(name)) in_vain.push_back(name);
  }
  return in_vain;
}

}  // namespace

std::vector<std::string> with_two_dashes(const Command& command, std::span<const std::string> words) {
  std::vector<std::string> result(words.begin(), words.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::string& word = result[i];
    if (word == "--" || (command.interspersed == Interspersed::no && !word.starts_with('-'))) break;
    const Flag* flag = word.starts_with('-') ? flag_of(command, word) : nullptr;
    if (flag == nullptr) continue;
    // The word behind it is its value, whatever it looks like.
    if (!flag->value.empty() && word.find('=') == std::string::npos) ++i;
    if (!word.starts_with("--") && word.size() > 2 && word[2] != '=') word.insert(0, "-");
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
  for (const std::string& name : ambient_in_vain(*process.capabilities)) {
    log_runtime_warning(context.globals,
                        make_error(Kind::usage, fmt::format("/process/capabilities/ambient: can't raise ambient "
                                                            "capability {}: it is not permitted and inheritable",
                                                            name)));
  }
}

}  // namespace aictr::cli
