#pragma once

// Resource limits. A spec's resources become settings in cgroup v2 terms (cgroup_plan.h, pure); where the host still
// has a controller on v1, they are translated; where it has neither, the limit is an error that names controller, file
// and mend.

#include <sys/types.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/container_stats.h"
#include "oci/linux_spec.h"
#include "runtime/cgroup_host.h"
#include "runtime/cgroup_plan.h"
#include "runtime/container.h"
#include "runtime/device_rules.h"

namespace aictr::runtime {

// Where controllers of v1 count what a container uses. v2 counts always.
enum class Accounting {
  limited,  // for those that limit it
  all,      // memory, CPU, processes and block devices: for a manager that will read them
};

// One container's cgroup: a directory in the v2 hierarchy where there is one, and in each v1 hierarchy that one of its
// limits, or the accounting, needs. Device rules are a BPF program on the v2 directory, also where v1 has a devices
// controller.
class Cgroup {
 public:
  // Makes the directories and writes the limits, before any process is in it. `path` is linux.cgroupsPath, or
  // "/aictr/<id>". Kind::busy when it exists and holds processes or is frozen. Removes what it made on failure, except
  // parents. On a host where no cgroup can be made it is an error if anything is to be limited, and else a Cgroup
  // without directories. `resident`: a process that may be in it already.
  static Result<Cgroup> create(const CgroupHost& host, const std::string& path, const oci::Resources& resources,
                               Accounting accounting = Accounting::limited, pid_t resident = 0);

  // One that exists, from the record of an earlier process. prepare_entry() must come before a process enters it.
  static Cgroup adopt(const CgroupHost& host, const std::vector<std::string>& directories);

  // Where a later process of the container goes, neither made nor to be removed through it; prepare_entry() first.
  // below: the cgroups that `exec --cgroup` names ("path", "controller,controller:path"); none: this one. Kind::usage
  // for a path that leads out, Kind::not_found for one that is not there.
  Result<Cgroup> below(const std::vector<std::string>& paths) const;
  // around: that of a process in here, as far as v2 goes.
  Result<Cgroup> around(pid_t pid) const;

  // Absolute paths, for the state record; v2's first.
  std::vector<std::string> directories() const;

  // How a process gets in: clone3 it into v2_directory() (CLONE_INTO_CGROUP, Linux 5.7; nothing where there is no v2),
  // and let it call enter() while it has one thread; it may be in other namespaces already. Both cost tens of
  // microseconds. create() has done prepare_entry(), which opens what they need.
  Result<void> prepare_entry();
  std::optional<int> v2_directory() const;
  Result<void> enter(bool born_inside) const;

  // Sets what `resources` names and leaves the rest as it is. May add a directory: record directories() again.
  Result<void> update(const oci::Resources& resources);
  Result<void> freeze(bool frozen) const;
  Result<void> kill_all() const;                 // cgroup.kill (Linux 5.14), else by pid until it is empty
  Result<void> signal_all(int signal) const;     // to whatever is inside, and nobody else
  Result<std::vector<pid_t>> processes() const;  // of the cgroups below too, sorted
  Result<MemoryReport> memory() const;           // nothing known where the memory controller is not in use
  oci::ContainerStats stats() const;             // zero where a controller is not in use
  Result<void> remove() const;                   // waits up to a second for the last process to be reaped

 private:
  explicit Cgroup(CgroupHost host) : host_(std::move(host)) {}
  Result<void> make(const std::string& path, const std::set<std::string>& v1_mounts, pid_t resident);
  Result<void> add_v1(const std::string& mount, const std::string& directory, pid_t resident = 0);
  Result<void> enable(const CgroupPlacement& placement) const;
  Result<void> apply(const CgroupPlacement& placement, const std::optional<DevicePolicy>& devices) const;
  Result<void> apply_devices(const DevicePolicy& policy) const;
  std::string v1_directory(const std::string& controller) const;  // empty: not in use

  CgroupHost host_;
  std::string v2_;                         // empty: none
  std::map<std::string, std::string> v1_;  // mount point → directory
  UniqueFd v2_fd_;
  std::vector<UniqueFd> v1_tasks_;
  std::vector<std::string> made_;  // by this object: what a failure takes back
};

}  // namespace aictr::runtime
