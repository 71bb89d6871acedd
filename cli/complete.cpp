#include <fmt/core.h>

#include "base/sys.h"
#include "cli/completion.h"
#include "cli/completion_command.h"
#include "cli/container.h"
#include "cli/report.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

using Names = std::vector<std::string>;

Names image_names(const Globals& globals) {
  Names names;
  auto store = images::Store::open(globals.root);
  if (!store.ok()) return names;
  auto images = store.value().list();
  if (!images.ok()) return names;
  for (const images::Image& image : images.value()) {
    for (const oci::Reference& name : image.names) names.push_back(name.familiar());
  }
  return names;
}

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
  Names names;
  if (wanted == Completes::images || wanted == Completes::images_or_containers) names = image_names(globals);
  if (wanted != Completes::containers && wanted != Completes::images_or_containers) return names;
  for (std::string& name : container_names(globals)) names.push_back(std::move(name));
  return names;
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
