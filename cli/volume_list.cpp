#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/container_volumes.h"
#include "cli/exit_code.h"
#include "cli/filter.h"
#include "cli/format.h"
#include "cli/report.h"
#include "cli/volume_command.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr std::string_view kFilterKeys[] = {"dangling", "driver", "label", "name"};

constexpr Column kColumns[] = {
    {"Driver", "DRIVER"},        {"Name", "VOLUME NAME"},
    {"Scope", "SCOPE", false},   {"Mountpoint", "MOUNTPOINT", false},
    {"Labels", "LABELS", false}, {"Links", "LINKS", false},
    {"Size", "SIZE", false},     {"Availability", "AVAILABILITY", false},
    {"Group", "GROUP", false},   {"Status", "STATUS", false},
};

std::string labels_of(const Volume& volume) {
  std::vector<std::string> labels;
  for (const auto& [name, value] : volume.labels) labels.push_back(fmt::format("{}={}", name, value));
  return join(labels, ",");
}

// Docker's members; what it leaves to `system df` or to a cluster is not available in a list.
Json row_of(const Volumes& volumes, const Volume& volume) {
  return Json(Json::Object{
      {"Availability", Json("N/A")},
      {"Driver", Json("local")},
      {"Group", Json("N/A")},
      {"Labels", Json(labels_of(volume))},
      {"Links", Json("N/A")},
      {"Mountpoint", Json(volumes.data(volume))},
      {"Name", Json(volume.name)},
      {"Scope", Json("local")},
      {"Size", Json("N/A")},
      {"Status", Json("N/A")},
  });
}

Json object_of(const std::map<std::string, std::string>& map) {
  if (map.empty()) return Json(nullptr);
  Json::Object object;
  for (const auto& [key, value] : map) object.emplace_back(key, Json(value));
  return Json(std::move(object));
}

Json view_of(const Volumes& volumes, const Volume& volume) {
  return Json(Json::Object{
      {"CreatedAt", Json(volume.created)},
      {"Driver", Json("local")},
      {"Labels", object_of(volume.labels)},
      {"Mountpoint", Json(volumes.data(volume))},
      {"Name", Json(volume.name)},
      {"Options", object_of(volume.options)},
      {"Scope", Json("local")},
  });
}

// "dangling": what no container has mounted, or with false what one has.
Result<void> keep_dangling(std::vector<Volume>& all, const Filters& filters, const std::string& root) {
  if (!filters.has("dangling")) return {};
  bool wanted = true;
  for (const std::string& text : filters.values("dangling")) TRY(assign(wanted, text));
  Containers containers = TRY(Containers::open(root));
  auto users = users_of_volumes(containers);
  std::vector<Volume> kept;
  for (Volume& volume : all) {
    if (TRY(users(volume.name)).empty() == wanted) kept.push_back(std::move(volume));
  }
  all = std::move(kept);
  return {};
}

bool is_wanted(const Volume& volume, const Filters& filters) {
  return filters.allow_labels(volume.labels) &&
         filters.allow("driver", [](const std::string& driver) { return driver == "local"; }) &&
         filters.allow("name", [&](const std::string& name) { return volume.name.find(name) != std::string::npos; });
}

}  // namespace

Result<int> volume_list(const Globals& globals, const VolumeListFlags& flags, const std::vector<std::string>&) {
  Filters filters = TRY(Filters::parse(flags.filter, kFilterKeys));
  Volumes volumes = TRY(Volumes::open(globals.root));
  std::vector<Volume> all = TRY(volumes.list());
  std::erase_if(all, [&](const Volume& volume) { return !is_wanted(volume, filters); });
  TRY(keep_dangling(all, filters, globals.root));
  std::vector<Json> rows;
  for (const Volume& volume : all) rows.push_back(row_of(volumes, volume));
  std::string text = TRY(format_list(flags.quiet ? "{{.Name}}" : flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

// What is found is printed even when some of the names are not.
Result<int> volume_inspect(const Globals& globals, const VolumeInspectFlags& flags,
                           const std::vector<std::string>& arguments) {
  Volumes volumes = TRY(Volumes::open(globals.root));
  std::vector<Json> objects;
  int code = 0;
  for (const std::string& name : arguments) {
    auto volume = volumes.find(name);
    if (volume.ok()) {
      objects.push_back(view_of(volumes, volume.value()));
    } else {
      report_error(std::move(volume).error().context("volume inspect"));
      code = kFailed;
    }
  }
  std::string text = TRY(format_objects(flags.format, objects));
  TRY(print(text));
  return code;
}

}  // namespace aictr::cli
