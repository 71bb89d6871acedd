#pragma once

// Directories of a cgroup hierarchy and the processes in them; what both versions have in common, and the two steps
// that each version needs before a new directory can hold processes. Paths are absolute and ours.

#include <sys/types.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/cgroup_plan.h"

namespace aictr::runtime {

// Makes `path` below `mount` with its parents; true when the last directory is new. A read-only hierarchy is
// Kind::denied with its mend.
Result<bool> make_cgroup(const std::string& mount, const std::string& path);

// v2: lets the cgroup's parent, and the parents above it, hand down these controllers (cgroup.subtree_control).
Result<void> enable_controllers(const std::string& mount, const std::string& path,
                                const std::set<std::string>& controllers);

// v1: a new cpuset has no CPUs and no memory nodes, and takes no process until it has some. Copies the parent's, from
// the mount down.
Result<void> inherit_cpuset(const std::string& mount, const std::string& path);

// Writes every setting. One that the kernel refuses as not fitting the others (EINVAL: memory+swap below memory, quota
// below period) is written once more after the rest.
enum class Version { v1, v2 };
Result<void> write_settings(const std::string& directory, const std::vector<CgroupSetting>& settings, Version version);

// Of the cgroup and all below it.
Result<std::vector<pid_t>> processes_in(const std::string& directory);

// Sends a signal to every process in the cgroup and below, and to nobody else: a number that was read from cgroup.procs
// may be another process's by the time it is used.
Result<void> signal_processes_in(const std::string& directory, int signal);

// Removes the cgroup and all below it, waiting up to a second for the last process to be gone: Kind::busy after that.
// What is not there is no error.
Result<void> remove_cgroup(const std::string& directory);

// Whether one of these cgroups, of v2 or v1's freezer, is frozen or about to be.
bool any_frozen(const std::vector<std::string>& directories);

// The number after `key` in a file of lines such as "oom_kill 3"; -1: no such file or line.
std::int64_t counter_in(const std::string& file, std::string_view key);
// The number that is all of the file; -1: no such file, or "max".
std::int64_t number_in(const std::string& file);

}  // namespace aictr::runtime
