#include <fcntl.h>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/sys.h"
#include "base/units.h"
#include "cli/age.h"
#include "cli/archive_file.h"
#include "cli/builder_cache_command.h"
#include "cli/confirm.h"
#include "cli/format.h"
#include "cli/images_in_use.h"
#include "cli/report.h"
#include "images/cache_mounts.h"
#include "images/cache_prune.h"
#include "images/gc.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr Column kColumns[] = {
    {"ID", "ID"},
    {"Size", "SIZE"},
    {"LastUsed", "LAST USED"},
    {"Bytes", "BYTES", false},
};

Json row_of(const images::CacheMountInfo& mount) {
  auto age = std::chrono::system_clock::now() - std::chrono::system_clock::time_point(std::chrono::seconds(mount.used));
  return Json(Json::Object{
      {"Bytes", Json(std::to_string(mount.bytes))},
      {"ID", Json(mount.id)},
      {"LastUsed", Json(ago(std::chrono::duration_cast<std::chrono::seconds>(age)))},
      {"Size", Json(decimal_size(static_cast<std::uint64_t>(mount.bytes)))},
  });
}

}  // namespace

Result<int> builder_prune(const Globals& globals, const BuilderPruneFlags& flags, const Arguments&) {
  bool may = flags.force || TRY(confirm("This removes all that builds have kept for the next ones."));
  if (!may) return 0;
  auto store = TRY(images::Store::open(globals.root));
  std::int64_t before = TRY(DiskMeter().measure(store.fd(), "."));
  TRY(images::prune_build_cache(store));
  TRY(images::collect_garbage(store, images_in_use(globals)));
  std::int64_t freed = std::max<std::int64_t>(before - TRY(DiskMeter().measure(store.fd(), ".")), 0);
  TRY(print(fmt::format("Total reclaimed space: {}\n", decimal_size(static_cast<std::uint64_t>(freed)))));
  return 0;
}

Result<int> builder_cache_list(const Globals& globals, const BuilderCacheListFlags& flags, const Arguments&) {
  auto store = TRY(images::Store::open(globals.root));
  std::string text;
  std::vector<Json> rows;
  for (const images::CacheMountInfo& mount : TRY(images::list_cache_mounts(store))) {
    text += mount.id + "\n";
    rows.push_back(row_of(mount));
  }
  if (!flags.quiet) text = TRY(format_list(flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

Result<int> builder_cache_remove(const Globals& globals, const NoFlags&, const Arguments& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  for (const std::string& id : arguments) TRY(images::remove_cache_mount(store, id));
  return 0;
}

Result<int> builder_cache_export(const Globals& globals, const BuilderCacheExportFlags& flags,
                                 const Arguments& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  TRY(write_archive(flags.file, "redirect it, or name a file with -o", [&](const images::TarSink& sink) {
    return images::export_cache_mount(store, arguments[0], sink);
  }));
  return 0;
}

Result<int> builder_cache_import(const Globals& globals, const BuilderCacheImportFlags& flags,
                                 const Arguments& arguments) {
  auto store = TRY(images::Store::open(globals.root));
  UniqueFd archive = TRY(open_archive(flags.file));
  images::FdSource bytes(archive.get());
  TRY_AS(fmt::format("'{}'", flags.file.empty() ? "standard input" : flags.file),
         images::import_cache_mount(store, arguments[0], bytes));
  return 0;
}

}  // namespace aictr::cli
