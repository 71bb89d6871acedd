#pragma once

// Resource limits. A spec's resources become settings in cgroup v2 terms (cgroup_plan.h, pure); where the host still
// has a controller on v1, one table translates; where it has neither, the limit is an error that names controller, file
// and mend.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/linux_spec.h"
#include "runtime/cgroup_host.h"
#include "runtime/container.h"

namespace aictr::runtime {

// One container's cgroup: a directory in the v2 hierarchy, in every v1 hierarchy that is in use, or in both.
class Cgroup {
 public:
  // Makes the directories and writes the limits, before any process is in it. `path` is linux.cgroupsPath, or
  // "/aictr/<id>". Kind::busy when it exists and holds processes or is frozen. Removes what it made on failure.
  static Result<Cgroup> create(const CgroupHost& host, const std::string& path, const oci::Resources& resources);

  // One that exists, from the record of an earlier process.
  static Cgroup adopt(const CgroupHost& host, std::vector<std::string> directories);

  // Absolute paths, for the state record; v2's first.
  const std::vector<std::string>& directories() const { return directories_; }

  // The v2 directory for CLONE_INTO_CGROUP; nothing when every controller is on v1.
  std::optional<int> v2_directory() const;

  // Moves the calling process, which must have one thread, into every v1 hierarchy (and into v2's unless it was born
  // there). On v1 by writing "0" to `tasks`: a thread that moves itself does not wait for an RCU grace period (Linux
  // 5.5), which costs whoever moves another process about 9 ms. Called by the child before it enters its own root.
  Result<void> enter(bool born_inside) const;

  // Moves a process into every v1 hierarchy (and into v2's unless it was born there).
  Result<void> attach(pid_t pid, bool born_inside) const;

  Result<void> update(const oci::Resources& resources) const;
  Result<void> freeze(bool frozen) const;
  Result<void> kill_all() const;  // cgroup.kill (Linux 5.14), else by pid until it is empty
  Result<std::vector<pid_t>> processes() const;
  Result<MemoryReport> memory() const;
  Result<void> remove() const;  // waits a moment for the last process to be reaped

 private:
  CgroupHost host_;
  std::vector<std::string> directories_;
  UniqueFd v2_;
};

}  // namespace aictr::runtime
