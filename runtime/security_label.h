#pragma once

#include "base/result.h"
#include "oci/runtime_spec.h"
#include "runtime/procfs.h"

namespace aictr::runtime {

// What Linux Security Modules are to hold the process to from its next exec on: /process/apparmorProfile and
// /process/selinuxLabel (proc_pid_attr(5)). Before the process gives up its rights. Kind::unsupported where the kernel
// does not have the module switched on, but for AppArmor's "unconfined", which is what is the case then;
// Kind::not_found for a profile that is not loaded.
// linux.mountLabel is a label of SELinux: Kind::unsupported where the host has none.
Result<void> check_mount_label(const Procfs& proc);
Result<void> apply_security_labels(const oci::Process& process, const Procfs& proc);

}  // namespace aictr::runtime
