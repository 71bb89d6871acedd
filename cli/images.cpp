#include <algorithm>

#include <fmt/core.h>
#include <fnmatch.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/age.h"
#include "cli/filter.h"
#include "cli/format.h"
#include "cli/images_command.h"
#include "cli/report.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

using images::Image;
using oci::Json;

constexpr std::string_view kNone = "<none>";
constexpr std::string_view kFilterKeys[] = {"before", "dangling", "label", "reference", "since"};

constexpr Column kColumns[] = {
    {"Repository", "REPOSITORY"},
    {"Tag", "TAG"},
    {"Digest", "DIGEST", false},
    {"ID", "IMAGE ID"},
    {"CreatedSince", "CREATED"},
    {"CreatedAt", "CREATED AT", false},
    {"Size", "SIZE"},
    {"Containers", "CONTAINERS", false},
    {"SharedSize", "SHARED SIZE", false},
    {"UniqueSize", "UNIQUE SIZE", false},
};

bool matches(const std::string& pattern, const oci::Reference& name) {
  for (const std::string& text : {name.familiar(), name.familiar_repository(), name.full()}) {
    if (::fnmatch(pattern.c_str(), text.c_str(), FNM_PATHNAME) == 0) return true;
  }
  auto exact = oci::Reference::parse(pattern);
  return exact.ok() && exact.value().full() == name.full();
}

// What is asked for, with the times that other images set as bounds.
struct Wanted {
  std::string pattern;
  Filters filters;
  bool dangling = false;
  std::string before;  // RFC 3339; empty: no bound
  std::string since;
};

Result<std::string> created_of(const images::Store& store, const std::vector<std::string>& names) {
  if (names.empty()) return std::string();
  return TRY(store.find(names.back())).config.created;
}

Result<Wanted> parse_wanted(const images::Store& store, const ImagesFlags& flags,
                            const std::vector<std::string>& arguments) {
  Wanted wanted;
  if (!arguments.empty()) wanted.pattern = arguments[0];
  wanted.filters = TRY(Filters::parse(flags.filter, kFilterKeys));
  for (const std::string& text : wanted.filters.values("dangling")) TRY(assign(wanted.dangling, text));
  wanted.before = TRY(created_of(store, wanted.filters.values("before")));
  wanted.since = TRY(created_of(store, wanted.filters.values("since")));
  return wanted;
}

bool is_wanted(const Wanted& wanted, const Image& image) {
  if (wanted.filters.has("dangling") && wanted.dangling != image.names.empty()) return false;
  if (!wanted.before.empty() && image.config.created >= wanted.before) return false;
  if (!wanted.since.empty() && image.config.created <= wanted.since) return false;
  return wanted.filters.allow_labels(image.config.config.labels);
}

bool is_wanted(const Wanted& wanted, const oci::Reference& name) {
  if (!wanted.pattern.empty() && !matches(wanted.pattern, name)) return false;
  return wanted.filters.allow("reference", [&](const std::string& pattern) { return matches(pattern, name); });
}

Json row_of(const Image& image, const oci::Reference* name, bool no_trunc) {
  std::string repository = name == nullptr ? std::string(kNone) : name->familiar_repository();
  std::string tag = name == nullptr || name->tag.empty() ? std::string(kNone) : name->tag;
  std::string size = decimal_size(static_cast<std::uint64_t>(image.size));
  return Json(Json::Object{
      {"Containers", Json("N/A")},
      {"CreatedAt", Json(local_time(image.config.created))},
      {"CreatedSince", Json(age(image.config.created))},
      {"Digest", Json(image.manifest_digest.text())},
      {"ID", Json(no_trunc ? image.id.text() : image.id.short_id())},
      {"Repository", Json(std::move(repository))},
      {"SharedSize", Json("N/A")},
      {"Size", Json(std::move(size))},
      {"Tag", Json(std::move(tag))},
      {"UniqueSize", Json("N/A")},
  });
}

std::vector<Json> rows_of(const std::vector<Image>& all, const Wanted& wanted, bool no_trunc) {
  std::vector<Json> rows;
  bool by_name = !wanted.pattern.empty() || wanted.filters.has("reference");
  for (const Image& image : all) {
    if (!is_wanted(wanted, image)) continue;
    for (const oci::Reference& name : image.names) {
      if (is_wanted(wanted, name)) rows.push_back(row_of(image, &name, no_trunc));
    }
    if (image.names.empty() && !by_name) rows.push_back(row_of(image, nullptr, no_trunc));
  }
  return rows;
}

// An image of several names is one id.
void keep_one_of_each_id(std::vector<Json>& rows) {
  std::vector<std::string> seen;
  std::erase_if(rows, [&](const Json& row) {
    const std::string& id = *row.find("ID")->as<std::string>();
    bool known = std::ranges::find(seen, id) != seen.end();
    if (!known) seen.push_back(id);
    return known;
  });
}

std::vector<Column> columns_for(const ImagesFlags& flags) {
  std::vector<Column> columns(std::begin(kColumns), std::end(kColumns));
  auto digest = std::ranges::find(columns, "Digest", &Column::member);
  digest->shown = flags.digests;
  return columns;
}

}  // namespace

Result<int> images(const Globals& globals, const ImagesFlags& flags, const std::vector<std::string>& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  Wanted wanted = TRY(parse_wanted(store, flags, arguments));
  auto rows = rows_of(TRY(store.list()), wanted, flags.no_trunc);
  if (flags.quiet) keep_one_of_each_id(rows);
  std::string text = TRY(format_list(flags.quiet ? "{{.ID}}" : flags.format, columns_for(flags), rows));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
