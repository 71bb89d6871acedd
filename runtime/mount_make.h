#pragma once

// Makes the mount that a MountOp asks for, attached to nothing yet.

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/mount_plan.h"

namespace aictr::runtime {

// In the process and the namespaces that the file system is for: proc shows its PID namespace, sysfs its network.
Result<UniqueFd> make_file_system(const MountOp& op);

// A copy of a tree of the host, with its attributes. Opened by the child; or, when a user namespace keeps the child
// from reading the host's directories or ids are mapped, by the parent before it clones.
Result<UniqueFd> make_bind(const MountOp& op);

// Attributes and propagation, on a mount that is attached or not.
Result<void> change_attributes(int mount, const MountOptions& options);

// A small tmpfs, for the runtime's own use.
Result<UniqueFd> make_tmpfs(const std::string& mode);

}  // namespace aictr::runtime
