#include <algorithm>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/sys.h"
#include "base/units.h"
#include "cli/confirm.h"
#include "cli/container_volumes.h"
#include "cli/exit_code.h"
#include "cli/filter.h"
#include "cli/report.h"
#include "cli/run_spec.h"
#include "cli/volume_command.h"
#include "cli/volume_prune.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kPruneKeys[] = {"label", "label!"};

Result<void> remove_one(const Volumes& volumes, const Containers& containers, const std::string& name) {
  TRY(volumes.remove(name, users_of_volumes(containers)));
  return print(name + "\n");
}

}  // namespace

Result<int> volume_create(const Globals& globals, const VolumeCreateFlags& flags,
                          const std::vector<std::string>& arguments) {
  TRY(check_volume_driver(flags.driver));
  if (!flags.name.empty() && !arguments.empty())
    return make_error(Kind::usage, "the volume has two names", "write `aictr volume create NAME`");
  Volume wanted;
  wanted.name = arguments.empty() ? flags.name : arguments[0];
  wanted.labels = TRY(key_values("label", flags.label));
  wanted.options = TRY(key_values("opt", flags.opt));
  Volumes volumes = TRY(Volumes::open(globals.root));
  Volume volume = TRY(volumes.create(std::move(wanted)));
  TRY(print(volume.name + "\n"));
  return 0;
}

Result<int> volume_remove(const Globals& globals, const VolumeRemoveFlags& flags,
                          const std::vector<std::string>& arguments) {
  Volumes volumes = TRY(Volumes::open(globals.root));
  Containers containers = TRY(Containers::open(globals.root));
  int code = 0;
  for (const std::string& name : arguments) {
    auto removed = remove_one(volumes, containers, name);
    if (removed.ok() || (flags.force && removed.error().kind == Kind::not_found)) continue;
    report_error(std::move(removed).error().context("volume rm"));
    code = kFailed;
  }
  return code;
}

Result<int> volume_prune(const Globals& globals, const VolumePruneFlags& flags, const std::vector<std::string>&) {
  Filters filters = TRY(Filters::parse(flags.filter, kPruneKeys));
  if (!flags.force && !TRY(confirm(flags.all ? "This removes all volumes that no container uses."
                                             : "This removes all volumes without a name that no container uses.")))
    return 0;
  PrunedVolumes pruned = TRY(prune_volumes(globals.root, flags.all, [&](const Volume& volume) {
    if (!filters.allow_labels(volume.labels)) return false;
    for (const std::string& unwanted : filters.values("label!")) {
      if (has_label(volume.labels, unwanted)) return false;
    }
    return true;
  }));
  std::string text = pruned.names.empty() ? "" : "Deleted Volumes:\n";
  for (const std::string& name : pruned.names) text += name + "\n";
  if (!pruned.names.empty()) text += "\n";
  text += fmt::format("Total reclaimed space: {}\n", decimal_size(static_cast<std::uint64_t>(pruned.bytes)));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
