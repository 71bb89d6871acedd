#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "cli/age.h"
#include "cli/format.h"
#include "cli/history_command.h"
#include "cli/report.h"
#include "cli/table.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

using images::Image;
using oci::Json;

constexpr std::size_t kCreatedByWidth = 45;  // as wide as Docker shows it
constexpr std::string_view kMissing = "<missing>";

constexpr Column kColumns[] = {
    {"ID", "IMAGE"},  {"CreatedSince", "CREATED"}, {"CreatedAt", "CREATED AT", false}, {"CreatedBy", "CREATED BY"},
    {"Size", "SIZE"}, {"Comment", "COMMENT"},
};

// A step's command may be a script of many lines; a table has one.
std::string one_line(const std::string& text) {
  return join(words(text), " ");
}

Json row_of(const oci::History& step, std::int64_t size, const std::string& id, const HistoryFlags& flags) {
  std::string created_by = one_line(step.created_by);
  return Json(Json::Object{
      {"Comment", Json(step.comment)},
      {"CreatedAt", Json(flags.human ? local_time(step.created) : step.created)},
      {"CreatedBy", Json(flags.no_trunc ? created_by : shortened(created_by, kCreatedByWidth))},
      {"CreatedSince", Json(flags.human ? age(step.created) : step.created)},
      {"ID", Json(id)},
      {"Size", Json(flags.human ? decimal_size(static_cast<std::uint64_t>(size)) : std::to_string(size))},
  });
}

// Newest first. Steps with a layer take the manifest's layers one after the other; the rest have no bytes. Only the
// whole image has an id, so the steps below it show none.
std::vector<Json> rows_of(const Image& image, const HistoryFlags& flags) {
  std::string id = flags.no_trunc ? image.id.text() : image.id.short_id();
  const auto& steps = image.config.history;
  std::vector<Json> rows;
  std::size_t layer = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    bool has_layer = !steps[i].empty_layer && layer < image.layer_sizes.size();
    std::int64_t size = has_layer ? image.layer_sizes[layer++] : 0;
    rows.push_back(row_of(steps[i], size, i + 1 == steps.size() ? id : std::string(kMissing), flags));
  }
  std::ranges::reverse(rows);
  return rows;
}

}  // namespace

Result<int> history(const Globals& globals, const HistoryFlags& flags, const std::vector<std::string>& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  Image image = TRY(store.find(arguments[0]));
  auto rows = rows_of(image, flags);
  std::string text = TRY(format_list(flags.quiet ? "{{.ID}}" : flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
