#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
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

// The same, beside a process that runs. Another process goes ahead: it does `prepare`, closes every descriptor from 3
// on but `kept`, enters the surroundings, and makes this one, so whoever is inside never sees one that still has a foot
// on the host (CVE-2016-9962).
struct Arrival {
  const Surroundings& place;
  std::optional<int> cgroup;  // a cgroup v2 directory
  std::set<int> kept;
  std::function<Result<void>()> prepare;
};
Result<sys::Cloned> launch_into(const Arrival& arrival);

}  // namespace aictr::runtime
