#include <algorithm>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/units.h"
#include "cli/confirm.h"
#include "cli/container.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "cli/system_prune_command.h"
#include "cli/volume_prune.h"
#include "images/cache_prune.h"
#include "images/prune.h"

namespace aictr::cli {
namespace {

Result<bool> may(const SystemPruneFlags& flags) {
  if (flags.force) return true;
  return confirm(flags.all
                     ? "This removes all stopped containers, all images that no container uses, and the build cache."
                     : "This removes all stopped containers and all images without a name.");
}

Result<std::string> prune_containers(const Globals& globals) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  TRY(containers.sweep(states));
  std::string text;
  for (const Container& container : TRY(containers.list())) {
    auto removed = containers.remove(container, states, runtime::Force::no);
    if (!removed.ok() && removed.error().kind == Kind::busy) continue;
    TRY(std::move(removed));
    text += fmt::format("Deleted: {}\n", container.id);
  }
  return text;
}

}  // namespace

Result<int> system_prune(const Globals& globals, const SystemPruneFlags& flags, const std::vector<std::string>&) {
  if (!TRY(may(flags))) return 0;
  auto store = TRY(images::Store::open(globals.root));
  std::int64_t before = TRY(DiskMeter().measure(store.fd(), "."));
  std::string text = TRY(prune_containers(globals));
  if (flags.volumes) {
    PrunedVolumes volumes = TRY(prune_volumes(globals.root, false, [](const Volume&) { return true; }));
    for (const std::string& name : volumes.names) text += fmt::format("Deleted: {}\n", name);
  }
  if (flags.all) TRY(images::prune_build_cache(store));
  images::Pruned pruned = TRY(images::prune_images(store, flags.all, images_in_use(globals)));
  for (const oci::Digest& image : pruned.images) text += fmt::format("Deleted: {}\n", image.text());
  for (const oci::Digest& layer : pruned.layers) text += fmt::format("Deleted: {}\n", layer.text());
  std::int64_t freed = std::max<std::int64_t>(before - TRY(DiskMeter().measure(store.fd(), ".")), 0);
  text += fmt::format("Total reclaimed space: {}\n", decimal_size(static_cast<std::uint64_t>(freed)));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
