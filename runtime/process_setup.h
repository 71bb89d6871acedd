#pragma once

// Turns a process of the runtime, inside the container's root, into what /process asks for. The order of the calls is
// init.cpp's.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_spec.h"
#include "runtime/handshake.h"
#include "runtime/privileges.h"
#include "runtime/procfs.h"
#include "runtime/scheduling.h"
#include "runtime/seccomp.h"

namespace aictr::runtime {

struct ProcessPlan {
  CapabilityMasks capabilities;  // none when config.json does not say
  std::vector<ResourceLimit> rlimits;
  SchedulingPlan scheduling;
  std::optional<SeccompProgram> seccomp;
};
Result<ProcessPlan> plan_process(const oci::Process& process, const oci::Linux& part);

// The directory is inside the root, whatever a descriptor or a link says (CVE-2024-21626).
Result<void> enter_working_directory(const std::string& path);

// Standard streams that are the host's /dev/null become the container's, if it has one: the host's is on a mount that
// the container does not know, and criu neither.
Result<void> use_own_null();

// The user may open its own standard streams again through /proc/self/fd: pipes and sockets become its own. Devices and
// files stay as they are, they are somebody else's too.
Result<void> own_standard_streams(uid_t uid);

// What is set through procfs and outlives a fork: the badness when memory runs out, and what security modules are to
// hold the process to from its next exec on.
Result<void> apply_proc_settings(const oci::Process& process, const Procfs& proc);

// What else the kernel keeps about the process whatever it executes: limits and scheduling.
Result<void> apply_kernel_settings(const ProcessPlan& plan);

// Gives up every right that the process is not to have, in the order that privileges.h asks for. The seccomp program is
// installed here when no_new_privs is not set, and else right before the exec; one with notifications always here, and
// `told` gets their descriptor with the next system call.
Result<void> give_up_privileges(const oci::Process& process, const ProcessPlan& plan, const Handshake& told);
Result<void> install_late_seccomp(const oci::Process& process, const ProcessPlan& plan);

// Closes every descriptor from 3 on but these (CVE-2024-21626), before the process has limits and a filter that could
// stand in the way: neither the program nor who can look into a process that waits gets anything of the host.
Result<void> close_all_but(const std::set<int>& kept);

// Descriptors that the process is to have get their numbers, behind close_all_but(). `kept` is ours until the exec and
// moves out of the way.
Result<void> arrange_descriptors(const std::map<int, int>& extra, UniqueFd& kept);

}  // namespace aictr::runtime
