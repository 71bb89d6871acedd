#include "base/sys_task.h"

#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include <fmt/core.h>

namespace aictr::sys {
namespace {

Result<void> check(long result, std::string_view what) {
  if (result >= 0) return {};
  return sys_error(what);
}

}  // namespace

Result<void> sched_setattr(const SchedulerAttributes& attributes) {
  return check(::syscall(SYS_sched_setattr, 0, &attributes, 0), "set scheduling attributes");
}

Result<void> ioprio_set(int io_class, int level) {
  return check(::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(io_class, level)), "set io priority");
}

Result<void> sched_setaffinity(std::span<const unsigned long> cpu_mask) {
  return check(::syscall(SYS_sched_setaffinity, 0, cpu_mask.size_bytes(), cpu_mask.data()), "set CPU affinity");
}

Result<void> set_mempolicy(int mode, std::span<const unsigned long> node_mask) {
  // The kernel looks at one bit less than it is told.
  std::size_t bits = node_mask.size_bytes() * CHAR_BIT + 1;
  return check(::syscall(SYS_set_mempolicy, mode, node_mask.data(), node_mask.empty() ? 0 : bits), "set memory policy");
}

Result<void> personality(unsigned long persona) {
  return check(::personality(persona), "set personality");
}

Result<void> join_session_keyring(const std::string& name) {
  return check(::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name.c_str()),
               fmt::format("join session keyring '{}'", name));
}

}  // namespace aictr::sys
