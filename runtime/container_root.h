#pragma once

// The file system of a container whose first process lives, from outside. Kind::busy once it has ended.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/container.h"

namespace aictr::runtime {

// The root directory as the container's first process sees it, what is mounted there included: O_PATH. Whatever is
// opened below it is opened as in a root of its own (sys::Resolve::in_root).
Result<UniqueFd> open_container_root(const StateRoot& root, const std::string& id);

// The root of its mount namespace without anything that is mounted there: a detached mount (open_tree(2), Linux 5.2;
// setns(2) with a pidfd, Linux 5.8) that lives as long as the descriptor. The caller is single-threaded.
Result<UniqueFd> clone_container_root(const StateRoot& root, const std::string& id);

// Where something is mounted in it, as paths of the container: what its processes have mounted themselves as well.
Result<std::vector<std::string>> container_mount_points(const StateRoot& root, const std::string& id);

// The mount points in the text of a mountinfo, where "\040" is a blank (proc_pid_mountinfo(5)). Pure.
std::vector<std::string> parse_mount_points(std::string_view mountinfo);

}  // namespace aictr::runtime
