#include <fmt/core.h>

#include "base/sys.h"
#include "cli/completion.h"
#include "cli/completion_command.h"
#include "cli/container.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

using Names = std::vector<std::string>;

Names container_names(const Globals& globals) {
  Names names;
  auto containers = Containers::open(globals.root);
  if (!containers.ok()) return names;
  auto list = containers.value().list();
  if (!list.ok()) return names;
  for (const Container& container : list.value()) names.push_back(container.name);
  return names;
}

// A completion never complains: what cannot be read offers nothing. Nor does it make a store where there is none.
Names names_for(Completes wanted, const Globals& globals) {
  if (!sys::exists(AT_FDCWD, globals.root)) return {};
  if (wanted != Completes::containers && wanted != Completes::images_or_containers) return {};
  return container_names(globals);
}

}  // namespace

Result<int> completion(const Globals&, const NoFlags&, const std::vector<std::string>& arguments) {
  std::string script = TRY(completion_script(arguments[0]));
  TRY(print(script));
  return 0;
}

Result<int> complete_words(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  Completion found = complete(arguments);
  std::string text;
  for (const Candidate& candidate : found.candidates) text += fmt::format("{}\t{}\n", candidate.word, candidate.help);
  for (const std::string& name : names_for(found.names, globals)) {
    if (arguments.empty() || name.starts_with(arguments.back())) text += name + "\t\n";
  }
  if (found.names == Completes::files) text += ":files\n";
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
