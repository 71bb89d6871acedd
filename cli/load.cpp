#include "images/load.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "cli/load_command.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

Result<UniqueFd> open_archive(const std::string& file) {
  if (!file.empty() && file != "-") return sys::open(file, O_RDONLY);
  if (::isatty(STDIN_FILENO) == 1) {
    return make_error(Kind::usage, "the archive would be read from the terminal",
                      "redirect it, or name a file with -i");
  }
  return sys::duplicate(STDIN_FILENO);
}

}  // namespace

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
