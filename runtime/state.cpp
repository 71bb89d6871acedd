#include "runtime/cgroup.h"
#include "runtime/cgroup_tree.h"
#include "runtime/process_identity.h"
#include "runtime/start_gate.h"
#include "runtime/status.h"

namespace aictr::runtime {

oci::State state_with(const oci::RuntimeRecord& record, std::string_view status) {
  oci::State state;
  state.oci_version = record.oci_version;
  state.id = record.id;
  state.pid = status == "stopped" ? 0 : record.pid;
  state.status = status;
  state.bundle = record.bundle;
  state.rootfs = record.rootfs;
  state.created = record.created;
  state.annotations = record.annotations;
  return state;
}

Result<std::string> status_of(const StateRoot& root, const StoredRecord& stored) {
  if (stored.in_the_making) return std::string("creating");
  auto process = TRY(open_first_process(stored.record));
  if (!process) return std::string("stopped");
  if (any_frozen(stored.record.cgroups)) return std::string("paused");
  return std::string(waits_at_gate(root, stored.record.id) ? "created" : "running");
}

Result<oci::State> state(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  std::string status = TRY(status_of(root, stored));
  return state_with(stored.record, status);
}

Result<std::vector<oci::State>> list(const StateRoot& root) {
  std::vector<oci::State> states;
  for (const std::string& id : TRY(recorded_ids(root))) {
    auto one = state(root, id);
    if (one.ok()) {
      states.push_back(std::move(one).value());
    } else if (one.error().kind != Kind::not_found) {  // removed while we looked
      return std::move(one).error();
    }
  }
  return states;
}

Result<MemoryReport> memory_report(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  CgroupHost host = TRY(CgroupHost::detect());
  return Cgroup::adopt(host, stored.record.cgroups).memory();
}

}  // namespace aictr::runtime
