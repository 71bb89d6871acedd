#include <signal.h>

#include <fmt/core.h>

#include "base/sys_process.h"
#include "runtime/cgroup.h"
#include "runtime/process_identity.h"
#include "runtime/state_file.h"

namespace aictr::runtime {

Result<void> kill(const StateRoot& root, const std::string& id, int signal, bool all) {
  StoredRecord stored = TRY(load_record(root, id));
  auto process = TRY(open_first_process(stored.record));
  // Without a PID namespace of their own the others do not go down with the first process.
  bool leaves_others = !stored.record.own_pid_namespace && signal == SIGKILL;
  if (all || leaves_others) {
    CgroupHost host = TRY(CgroupHost::detect());
    TRY(Cgroup::adopt(host, stored.record.cgroups).signal_all(signal));
    if (all || !process) return {};
  }
  if (!process) return make_error(Kind::busy, fmt::format("container '{}': container not running", id));
  auto sent = sys::pidfd_send_signal(process->get(), signal);
  if (!sent.ok() && sent.error().code == ESRCH)
    return make_error(Kind::busy, fmt::format("container '{}': container not running", id));
  return sent;
}

}  // namespace aictr::runtime
