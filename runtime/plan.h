#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"
#include "runtime/devices.h"
#include "runtime/idmap.h"
#include "runtime/mount_plan.h"
#include "runtime/namespaces.h"
#include "runtime/process_setup.h"
#include "runtime/scope.h"
#include "runtime/sysctl.h"

namespace aictr::runtime {

// A spec as the data that the steps of create and init work from. Everything that can be wrong with it is found here,
// before anything is made.
struct Plan {
  NamespacePlan namespaces;
  IdMaps id_maps;
  std::vector<MountOp> mounts;
  std::vector<DeviceNode> devices;
  std::vector<Sysctl> sysctls;
  ProcessPlan process;
  std::optional<Propagation> root_propagation;
  std::optional<ScopePlan> scope;  // only if systemd is to make the cgroup
};

// Pure.
Result<Plan> plan_container(const oci::Spec& spec, const std::string& bundle);

}  // namespace aictr::runtime
