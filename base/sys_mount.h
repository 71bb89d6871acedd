#pragma once

// Mounts by descriptor (fsopen(2), fsmount(2), open_tree(2), move_mount(2): Linux 5.2; mount_setattr(2): Linux 5.12).
// A mount that is held only by its descriptor goes away with it, so nothing is left behind when a process is killed.

#include <linux/mount.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::sys {

Result<UniqueFd> fsopen(const std::string& type);
Result<void> fsconfig_string(int context, const std::string& key, const std::string& value);
Result<void> fsconfig_flag(int context, const std::string& key);
Result<void> fsconfig_create(int context);  // the error carries the kernel's own words where it gave some
Result<UniqueFd> fsmount(int context, unsigned attributes);  // attributes: MOUNT_ATTR_*

Result<UniqueFd> open_tree(int dir, const std::string& path,
                           unsigned flags);  // flags: OPEN_TREE_CLONE, AT_RECURSIVE, …
Result<void> move_mount(int from_dir, const std::string& from, int to_dir, const std::string& to, unsigned flags);
Result<void> attach_mount(int mount, int target);  // move_mount of a descriptor onto a descriptor
// A private mount of its own of the file or directory, without what is mounted below; attributes: MOUNT_ATTR_*.
Result<UniqueFd> clone_mount(int file, std::uint64_t attributes);
Result<void> mount_setattr(int dir, const std::string& path, unsigned flags, const mount_attr& attributes);

// The old call, for what the new ones cannot do (Linux before 5.12, some propagation changes).
Result<void> mount(const std::string& source, const std::string& target, const std::string& type, unsigned long flags,
                   const std::string& data);
inline constexpr int kDetach = 2;  // MNT_DETACH of <sys/mount.h>, which collides with <linux/mount.h>
Result<void> umount(const std::string& target, int flags);
Result<void> pivot_root(const std::string& new_root, const std::string& put_old);

}  // namespace aictr::sys
