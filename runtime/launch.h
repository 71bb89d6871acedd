#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sys_process.h"
#include "oci/linux_spec.h"
#include "runtime/namespaces.h"

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

}  // namespace aictr::runtime
