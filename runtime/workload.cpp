#include "runtime/workload.h"

#include <fcntl.h>

#include <utility>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/sys_task.h"
#include "base/trace.h"
#include "runtime/executable.h"

namespace aictr::runtime {
namespace {

// The text of the container's /etc/passwd; empty when it has none.
std::string accounts() {
  auto passwd = sys::open(AT_FDCWD, "etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, sys::Resolve::in_root);
  return passwd.ok() ? sys::read_to_end(passwd.value().get()).value_or("") : "";
}

}  // namespace

Result<void> Workload::join_keyring(const std::string& id) const {
  auto joined = sys::join_session_keyring("_ses." + id);
  // A kernel without keys, or a sandbox that forbids them, has none to keep from the container.
  if (!joined.ok() && (joined.error().code == ENOSYS || joined.error().code == EPERM)) return {};
  return joined;
}

Result<void> Workload::take_streams(std::optional<Terminal>& terminal) const {
  if (!terminal) {
    TRY(use_own_null());
    return own_standard_streams(process_.user.uid);
  }
  TRY(adopt_terminal(terminal->slave.get(), process_.user.uid));
  terminal->slave.reset();
  return {};
}

Result<void> Workload::become_user(const Handshake& told) {
  environment_ = complete_environment(process_.env, process_.user.uid, accounts());
  TRY(apply_kernel_settings(plan_));
  // As root first, who may enter what the user may not; but not where the user alone may, as on a network share.
  auto entered = enter_working_directory(process_.cwd);
  TRY(give_up_privileges(process_, plan_, told));
  if (!entered.ok()) TRY(enter_working_directory(process_.cwd));
  if (process_.args.empty()) return {};  // it will not be started
  program_ = TRY(find_executable(process_.args[0], environment_));
  return {};
}

Result<void> Workload::install_filter() {
  if (std::exchange(filtered_, true)) return {};
  return install_late_seccomp(process_, plan_);
}

Result<void> Workload::get_ready(const std::map<int, int>& extra_fds, Handshake& told) {
  TRY(arrange_descriptors(extra_fds, told.socket()));
  return install_filter();
}

Error Workload::execute(const std::map<int, int>& extra_fds, Handshake& told) {
  auto ready = get_ready(extra_fds, told);
  if (!ready.ok()) return std::move(ready).error();
  trace_step("init: exec");
  return sys::execute(program_, process_.args, environment_).with_kind(Kind::exec);
}

}  // namespace aictr::runtime
