#include <fmt/core.h>

#include "base/units.h"
#include "cli/confirm.h"
#include "cli/image_prune_command.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "images/prune.h"

namespace aictr::cli {
namespace {

Result<bool> may(const ImagePruneFlags& flags) {
  if (flags.force) return true;
  return confirm(flags.all ? "This removes all images that no container uses."
                           : "This removes all images without a name.");
}

}  // namespace

Result<int> image_prune(const Globals& globals, const ImagePruneFlags& flags, const std::vector<std::string>&) {
  if (!TRY(may(flags))) return 0;
  auto store = TRY(images::Store::open(globals.root));
  images::Pruned pruned = TRY(images::prune_images(store, flags.all, images_in_use(globals)));
  std::string text;
  for (const oci::Digest& image : pruned.images) text += fmt::format("Deleted: {}\n", image.text());
  for (const oci::Digest& layer : pruned.layers) text += fmt::format("Deleted: {}\n", layer.text());
  text += fmt::format("Total reclaimed space: {}\n", decimal_size(static_cast<std::uint64_t>(pruned.bytes)));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
