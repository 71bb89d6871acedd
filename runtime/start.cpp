#include <signal.h>

#include <fmt/core.h>

#include "base/trace.h"
#include "runtime/lifecycle_hooks.h"
#include "runtime/start_gate.h"
#include "runtime/status.h"

namespace aictr::runtime {
namespace {

Result<void> check_is_created(const std::string& id, std::string_view status) {
  if (status == "created") return {};
  if (status == "stopped") return make_error(Kind::busy, "cannot start a container that has stopped");
  return make_error(Kind::busy, fmt::format("cannot start container '{}' in the {} state", id, status));
}

}  // namespace

Result<void> start(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  std::string status = TRY(status_of(root, stored));
  TRY(check_is_created(id, status));
  if (stored.record.process.args.empty())
    return make_error(Kind::usage, fmt::format("container '{}' has no /process: there is nothing to start", id));
  TRY(pass_gate(root, id));
  trace_step("start: process has become its program");
  auto hooked = run_hooks("poststart", stored.record.poststart, state_with(stored.record, "running"));
  if (hooked.ok()) return {};
  // The specification wants a container whose hooks fail stopped.
  ignore(kill(root, id, SIGKILL, true));
  return hooked;
}

}  // namespace aictr::runtime
