#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "runtime/cgroup.h"
#include "runtime/lifecycle_hooks.h"
#include "runtime/process_identity.h"
#include "runtime/resctrl.h"
#include "runtime/scope.h"
#include "runtime/start_gate.h"
#include "runtime/status.h"

namespace aictr::runtime {
namespace {

// As long as a machine under load may need to tear a killed process down.
constexpr int kDeathMs = 10'000;
constexpr int kLookAgainMs = 5;

// Where create() would have made the cgroup; a creator that was killed may not have come to write down what it made.
// A path that create() would have refused leads to nothing of the container's.
std::vector<std::string> likely_directories(const CgroupHost& host, const std::string& path) {
  std::vector<std::string> directories;
  if (std::ranges::count(split(path, '/'), "..") > 0) return directories;
  auto look_in = [&](const std::string& mount) {
    std::string directory = mount + "/" + path;
    if (!mount.empty() && !path.empty() && sys::exists(AT_FDCWD, directory)) directories.push_back(directory);
  };
  look_in(host.v2_mount);
  for (const auto& [controller, mount] : host.v1_mounts) look_in(mount);
  return directories;
}

Result<void> end_process(const StateRoot& root, const oci::RuntimeRecord& record) {
  auto process = TRY(open_first_process(record));
  if (!process) return {};
  auto killed = kill(root, record.id, SIGKILL);
  pollfd ended{process->get(), POLLIN, 0};
  if (::poll(&ended, 1, kDeathMs) > 0) return {};
  TRY(std::move(killed));
  return make_error(Kind::busy, fmt::format("container '{}' does not die", record.id));
}

Result<void> remove_cgroup(const oci::RuntimeRecord& record) {
  CgroupHost host = TRY(CgroupHost::detect());
  auto directories = record.cgroups.empty() ? likely_directories(host, record.cgroups_path) : record.cgroups;
  Cgroup cgroup = Cgroup::adopt(host, std::move(directories));
  // Others may have outlived the first process; or it has no record, and does not know yet that its creator is dead.
  if (!record.own_pid_namespace || record.pid == 0) TRY(cgroup.kill_all());
  if (!record.scope.empty()) TRY(stop_scope(record.scope));
  return cgroup.remove();
}

// A creation ends sooner or later, well or not; one whose creator was killed ends when its child has noticed.
Result<StoredRecord> load_when_made(const StateRoot& root, const std::string& id) {
  for (int waited_ms = 0;; waited_ms += kLookAgainMs) {
    StoredRecord stored = TRY(load_record(root, id));
    if (!stored.in_the_making) return stored;
    if (waited_ms >= kDeathMs) return make_error(Kind::busy, fmt::format("container '{}' is being created", id));
    ::poll(nullptr, 0, kLookAgainMs);
  }
}

}  // namespace

Result<void> remove(const StateRoot& root, const std::string& id, Force force, const Warn& warn) {
  StoredRecord stored = TRY(force == Force::yes ? load_when_made(root, id) : load_record(root, id));
  std::string status = TRY(status_of(root, stored));
  // A created container has run nothing yet; runc deletes it too.
  if (force == Force::no && status != "stopped" && status != "created") {
    return make_error(Kind::busy, fmt::format("cannot delete container '{}' that is not stopped: {}", id, status),
                      "stop it first, or force the removal");
  }
  TRY(end_process(root, stored.record));
  TRY(remove_cgroup(stored.record));
  TRY(remove_resctrl(stored.record.resctrl));
  TRY(remove_gate(root, id));
  TRY(remove_record(root, id));
  // The container is gone whatever they do.
  for (const Error& failure :
       run_every_hook("poststop", stored.record.poststop, state_with(stored.record, "stopped"))) {
    if (warn) warn(failure);
  }
  return {};
}

}  // namespace aictr::runtime
