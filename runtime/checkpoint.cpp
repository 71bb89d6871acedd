#include "runtime/checkpoint.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "oci/json.h"
#include "runtime/criu_run.h"
#include "runtime/restored_streams.h"
#include "runtime/status.h"

namespace aictr::runtime {
namespace {

Result<void> check_runs(const std::string& id, std::string_view status) {
  if (status == "running" || status == "paused") return {};
  return make_error(Kind::busy, fmt::format("container '{}' cannot be checkpointed in {} state", id, status));
}

// What was masked as a file shows the host's /dev/null; a directory that was masked shows one of the container's.
std::vector<std::string> mounts_from_outside(const oci::RuntimeRecord& record) {
  std::vector<std::string> paths = record.outside_mounts;
  auto root = sys::open(fmt::format("/proc/{}/root", record.pid), O_PATH | O_DIRECTORY);
  if (!root.ok()) return paths;  // criu will find that it has ended
  for (const std::string& path : record.masked_paths) {
    auto masked = sys::open(root.value().get(), path, O_PATH, 0, sys::Resolve::in_root);
    if (!masked.ok()) continue;
    auto status = sys::stat(masked.value().get());
    if (status.ok() && S_ISCHR(status.value().st_mode)) paths.push_back(path);
  }
  return paths;
}

}  // namespace

Result<void> checkpoint(const StateRoot& root, const std::string& id, const CriuOptions& options) {
  TRY(check_criu_options(options));
  StoredRecord stored = TRY(load_record(root, id));
  std::string status = TRY(status_of(root, stored));
  TRY(check_runs(id, status));
  TRY(find_criu());
  TRY(make_directories(AT_FDCWD, options.image_path, 0700));
  if (!options.work_path.empty()) TRY(make_directories(AT_FDCWD, options.work_path, 0700));
  CriuDump dump;
  dump.pid = stored.record.pid;
  dump.root = stored.record.rootfs;
  dump.outside = mounts_from_outside(stored.record);
  if (!stored.record.network.empty())
    dump.network = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/{}/ns/net", dump.pid)));
  if (!options.pre_dump) TRY(save_streams(dump.pid, options.image_path));
  CriuRun run{criu_dump_arguments(dump, options), "dump.log", {}, std::nullopt, {}};
  if (options.status_fd >= 0) run.kept.push_back(options.status_fd);
  TRY(run_criu(run, options));
  if (options.leave_running || options.pre_dump) return {};
  return remove(root, id, Force::yes);
}

}  // namespace aictr::runtime
