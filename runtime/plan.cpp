#include "runtime/plan.h"

#include "runtime/spec_check.h"

namespace aictr::runtime {

Result<Plan> plan_container(const oci::Spec& spec, const std::string& bundle) {
  TRY(check_spec(spec));
  const oci::Linux none;
  const oci::Linux& part = spec.linux_part ? *spec.linux_part : none;
  Plan plan;
  plan.namespaces = TRY(NamespacePlan::make(part.namespaces));
  plan.id_maps = TRY(plan_id_maps(part.uid_mappings, part.gid_mappings, "/linux"));
  plan.mounts = TRY(plan_mounts(spec.mounts, bundle, plan.id_maps, part.mount_label));
  plan.devices = TRY(plan_devices(part.devices));
  plan.sysctls = TRY(plan_sysctls(part.sysctl, plan.namespaces));
  plan.process = TRY(plan_process(spec.process.value_or(oci::Process{}), part));
  plan.root_propagation = parse_propagation(part.rootfs_propagation);
  return plan;
}

}  // namespace aictr::runtime
