#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sys_process.h"
#include "oci/linux_spec.h"
#include "runtime/namespaces.h"
#include "runtime/surroundings.h"

namespace aictr::runtime {

// Where a process is to be born.
struct Birthplace {
  const NamespacePlan& plan;
  const std::vector<OpenNamespace>& namespaces;                // to be joined
  const std::map<std::string, oci::TimeOffset>& time_offsets;  // of a new time namespace
  std::optional<int> cgroup;                                   // a cgroup v2 directory
};

// Starts the container's first process and returns twice, as fork(2) does; in the child pid is 0. It is a child of the
// caller and, but for the namespaces that need a forerunner, has still to join what is to be joined.
Result<sys::Cloned> launch(const Birthplace& place);

// The same, beside a process that runs: a child of the caller in its PID namespace, and in `cgroup`. The rest of its
// surroundings it has still to enter, but for those with a user namespace, which it is in.
Result<sys::Cloned> launch_into(const Surroundings& place, std::optional<int> cgroup);

}  // namespace aictr::runtime
