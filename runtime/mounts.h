#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/cgroup_view.h"
#include "runtime/container.h"
#include "runtime/mount_plan.h"

namespace aictr::runtime {

// The trees of every bind, in the order of the list; empty descriptors for the other operations.
Result<std::vector<UniqueFd>> open_binds(const std::vector<MountOp>& ops);

// Mounts everything below `root`, the descriptor of an attached mount. `binds` come from open_binds(), or are empty:
// then each is opened here.
Result<void> apply_mounts(int root, const std::vector<MountOp>& ops, std::span<UniqueFd> binds, const CgroupView& view);

// The same for mounts that came with the request.
Result<void> attach_given(int root, const std::vector<GivenMount>& mounts);

// Hides paths behind nothing: a file behind our own /dev/null, whose identity is checked, because the container's could
// be anything (CVE-2025-31133); a directory behind an empty one. What is not there needs no mask.
Result<void> mask_paths(int root, const std::vector<std::string>& paths);
Result<void> make_paths_read_only(int root, const std::vector<std::string>& paths);

}  // namespace aictr::runtime
