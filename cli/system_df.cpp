#include <algorithm>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/units.h"
#include "cli/container_volumes.h"
#include "cli/format.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "cli/system_df_command.h"
#include "images/disk_usage.h"

namespace aictr::cli {
namespace {

using images::DiskUsage;
using oci::Json;

constexpr Column kColumns[] = {
    {"Type", "TYPE"},
    {"TotalCount", "TOTAL"},
    {"Active", "ACTIVE"},
    {"Size", "SIZE"},
    {"Reclaimable", "RECLAIMABLE"},
    {"Bytes", "BYTES", false},
    {"ReclaimableBytes", "RECLAIMABLE BYTES", false},
};

std::string size_of(std::int64_t bytes) {
  return decimal_size(static_cast<std::uint64_t>(bytes));
}

Json row_of(std::string type, const DiskUsage::Part& part) {
  std::string reclaimable = size_of(part.reclaimable);
  if (part.bytes > 0) reclaimable += fmt::format(" ({}%)", part.reclaimable * 100 / part.bytes);
  return Json(Json::Object{
      {"Active", Json(std::to_string(part.active))},
      {"Bytes", Json(std::to_string(part.bytes))},
      {"Reclaimable", Json(std::move(reclaimable))},
      {"ReclaimableBytes", Json(std::to_string(part.reclaimable))},
      {"Size", Json(size_of(part.bytes))},
      {"TotalCount", Json(std::to_string(part.total))},
      {"Type", Json(std::move(type))},
  });
}

// A container is in use while it runs; the others can go.
Result<void> judge_containers(const Globals& globals, const images::Store& store, DiskUsage::Part& part) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  DiskMeter meter;
  part.reclaimable = part.bytes;
  for (const Container& container : TRY(containers.list())) {
    Status status = TRY(containers.status(container, states));
    if (!is_alive(status) && status != Status::created) continue;
    ++part.active;
    part.reclaimable -= TRY(meter.measure(store.fd(), "containers/" + container.id));
  }
  part.reclaimable = std::max<std::int64_t>(part.reclaimable, 0);  // it may have written meanwhile
  return {};
}

// A volume is in use when a container has it mounted, running or not.
Result<void> judge_volumes(const Globals& globals, const images::Store& store, DiskUsage::Part& part) {
  if (part.total == 0) return {};
  Containers containers = TRY(Containers::open(globals.root));
  Volumes volumes = TRY(Volumes::open(globals.root));
  auto users = users_of_volumes(containers);
  DiskMeter meter;
  part.reclaimable = part.bytes;
  for (const Volume& volume : TRY(volumes.list())) {
    if (TRY(users(volume.name)).empty()) continue;
    ++part.active;
    part.reclaimable -= TRY(meter.measure(store.fd(), "volumes/" + volume.name));
  }
  part.reclaimable = std::max<std::int64_t>(part.reclaimable, 0);
  return {};
}

}  // namespace

Result<int> system_df(const Globals& globals, const SystemDfFlags& flags, const std::vector<std::string>&) {
  auto store = TRY(images::Store::open(globals.root));
  std::vector<oci::Digest> used = TRY(images_in_use(globals)());
  DiskUsage usage = TRY(images::disk_usage(store, used));
  TRY(judge_containers(globals, store, usage.containers));
  TRY(judge_volumes(globals, store, usage.volumes));
  DiskUsage::Part own;
  own.bytes = usage.own;
  std::vector<Json> rows{row_of("Images", usage.images),         row_of("Containers", usage.containers),
                         row_of("Local Volumes", usage.volumes), row_of("Build Cache", usage.build_cache),
                         row_of("Unfinished", usage.unfinished), row_of("Store", own)};
  std::string text = TRY(format_list(flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
