#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/mount_options.h"

namespace aictr::runtime {

// A copy of the tree at `path` with everything mounted below it, attached to nothing yet, that neither receives nor
// sends mounts.
Result<UniqueFd> open_root(const std::string& path);

// Cuts the mount namespace that we have just got off from the host's: nothing that is mounted here is seen there. What
// is mounted there later is still seen here, unless `receive` says no.
enum class Receive { yes, no };
Result<void> isolate_mounts(Receive receive);

// Attaches the root to the namespace: over `path`, where hooks that know the bundle look for it, or over the host's
// root when it has no path. Host paths go on meaning the host's files until enter_root().
Result<void> attach_root(int root, const std::string& path);

// Makes `root` our "/" and takes the host's tree away (pivot_root(2)).
Result<void> enter_root(int root);
// The same for a root on an initramfs, which cannot be pivoted away: the host's tree is moved under and left behind.
// `path`: where it is attached. The host's mounts stay within reach of a chroot, and while a whole procfs or sysfs is
// among them, the kernel lets a container mount one without what masks it (mount_too_revealing()): these are taken away
// first.
Result<void> enter_root_by_move(int root, const std::string& path);

// Pure. Where, as /proc/self/mountinfo has it, a whole procfs or sysfs is mounted outside of `root`.
std::vector<std::string> full_views_of_kernel(std::string_view mountinfo, const std::string& root);

// The same in a mount namespace that is shared with others, whose mounts stay as they are: `root` is attached to
// nothing and seen by nobody else.
Result<void> enter_root_unattached(int root);

Result<void> make_root_read_only();
Result<void> set_root_propagation(const Propagation& propagation);

}  // namespace aictr::runtime
