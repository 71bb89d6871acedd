#include "runtime/control.h"

#include <fmt/core.h>

#include "runtime/cgroup.h"
#include "runtime/resctrl.h"
#include "runtime/scope.h"
#include "runtime/status.h"

namespace aictr::runtime {
namespace {

struct Running {
  StoredRecord stored;
  std::string status;
  Cgroup cgroup;
};

// Kind::busy for a container in none of the states.
Result<Running> find_in(const StateRoot& root, const std::string& id, std::initializer_list<std::string_view> states) {
  StoredRecord stored = TRY(load_record(root, id));
  std::string status = TRY(status_of(root, stored));
  for (std::string_view state : states) {
    if (status != state) continue;
    CgroupHost host = TRY(CgroupHost::detect());
    Cgroup cgroup = Cgroup::adopt(host, stored.record.cgroups);
    return Running{std::move(stored), std::move(status), std::move(cgroup)};
  }
  bool should_be_paused = states.size() == 1 && *states.begin() == "paused";
  return make_error(Kind::busy, fmt::format("container '{}': container not {}: {}", id,
                                            should_be_paused ? "paused" : "running", status));
}

}  // namespace

Result<void> pause(const StateRoot& root, const std::string& id) {
  Running found = TRY(find_in(root, id, {"running", "created"}));
  return found.cgroup.freeze(true);
}

Result<void> resume(const StateRoot& root, const std::string& id) {
  Running found = TRY(find_in(root, id, {"paused"}));
  return found.cgroup.freeze(false);
}

Result<void> update(const StateRoot& root, const std::string& id, const oci::Resources& resources) {
  Running found = TRY(find_in(root, id, {"running", "created", "paused"}));
  if (!found.stored.record.scope.empty()) TRY(update_scope(found.stored.record.scope, resources));
  TRY(found.cgroup.update(resources));
  // It may have got a directory in one more hierarchy.
  if (found.cgroup.directories() == found.stored.record.cgroups) return {};
  found.stored.record.cgroups = found.cgroup.directories();
  return replace_record(root, found.stored.record);
}

Result<void> update_schemata(const StateRoot& root, const std::string& id, const std::vector<std::string>& lines) {
  Running found = TRY(find_in(root, id, {"running", "created", "paused"}));
  const std::string& group = found.stored.record.resctrl_group;
  if (group.empty()) {
    return make_error(Kind::usage, fmt::format("container '{}' has no shares of caches", id),
                      "give it /linux/intelRdt when it is created");
  }
  return write_schema(group, lines);
}

Result<std::vector<pid_t>> processes(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  CgroupHost host = TRY(CgroupHost::detect());
  return Cgroup::adopt(host, stored.record.cgroups).processes();
}

Result<oci::ContainerStats> stats(const StateRoot& root, const std::string& id) {
  Running found = TRY(find_in(root, id, {"running", "created", "paused"}));
  return found.cgroup.stats();
}

}  // namespace aictr::runtime
