#include "images/load.h"

#include <fmt/core.h>

#include "cli/archive_file.h"
#include "cli/load_command.h"
#include "cli/report.h"

namespace aictr::cli {
Result<int> load(const Globals& globals, const LoadFlags& flags, const std::vector<std::string>&) {
  UniqueFd archive = TRY(open_archive(flags.file));
  auto store = TRY(images::Store::open(globals.root));
  images::FdSource bytes(archive.get());
  auto loaded = TRY_AS(fmt::format("'{}'", flags.file.empty() ? "standard input" : flags.file),
                       images::load_images(store, bytes));
  if (flags.quiet) return 0;
  std::string text;
  for (const images::Image& image : loaded) {
    for (const oci::Reference& name : image.names) text += fmt::format("Loaded image: {}\n", name.familiar());
    if (image.names.empty()) text += fmt::format("Loaded image ID: {}\n", image.id.text());
  }
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
