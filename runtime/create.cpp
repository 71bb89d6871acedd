#include "base/trace.h"
#include "runtime/container.h"
#include "runtime/container_id.h"
#include "runtime/creation.h"

namespace aictr::runtime {
namespace {

// The parent's side of a container's birth, from top to bottom; the child's is init.cpp.
Result<Created> make_container(const StateRoot& root, CreateRequest request, Start start) {
  TRY(check_container_id(request.id));
  Plan plan = TRY(plan_container(request.spec, request.bundle));
  if (request.systemd_cgroup) plan.scope = TRY(plan_scope(request.spec, request.id));
  Creation creation(root, std::move(request), std::move(plan), start);
  trace_step("create: planned");
  TRY(creation.claim_id());
  TRY(creation.open_sources());
  TRY(creation.make_cgroup());
  trace_step("create: cgroup made");
  TRY(creation.start_process());
  trace_step("create: process started");
  TRY(creation.map_ids());
  TRY(creation.give_cgroup_away());
  TRY(creation.move_net_devices());
  TRY(creation.write_record());
  trace_step("create: record written");
  TRY(creation.attend_process());
  trace_step("create: process ready");
  TRY(creation.hand_over());
  TRY(creation.see_it_start());
  return creation.finish();
}

}  // namespace

Result<Created> create(const StateRoot& root, CreateRequest request) {
  return make_container(root, std::move(request), Start::when_told);
}

Result<Created> run(const StateRoot& root, CreateRequest request) {
  if (!request.spec.process) return make_error(Kind::usage, "/process is missing: there is nothing to run");
  return make_container(root, std::move(request), Start::at_once);
}

}  // namespace aictr::runtime
