#include "runtime/exec_check.h"

#include <fmt/core.h>

namespace aictr::runtime {

Result<void> check_visitable(std::string_view status, bool in_paused) {
  if (status == "running" || status == "created") return {};
  if (status == "paused") {
    if (in_paused) return {};
    return make_error(Kind::busy, "cannot exec in a paused container (use --ignore-paused to override)");
  }
  return make_error(Kind::busy, fmt::format("cannot exec in a {} container", status));
}

void inherit_from(const oci::Process& first, oci::Process& process) {
  if (!process.capabilities) process.capabilities = first.capabilities;
  if (process.rlimits.empty()) process.rlimits = first.rlimits;
  if (process.apparmor_profile.empty()) process.apparmor_profile = first.apparmor_profile;
  if (process.selinux_label.empty()) process.selinux_label = first.selinux_label;
  if (!process.oom_score_adj) process.oom_score_adj = first.oom_score_adj;
  if (!process.scheduler) process.scheduler = first.scheduler;
  if (!process.io_priority) process.io_priority = first.io_priority;
  if (!process.exec_cpu_affinity) process.exec_cpu_affinity = first.exec_cpu_affinity;
}

}  // namespace aictr::runtime
