#pragma once

// How the kernel is to treat the container's process: words of config.json as arguments of system calls. Pure. Errors
// name the JSON pointer.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sys_task.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

Result<sys::SchedulerAttributes> plan_scheduler(const oci::Scheduler& scheduler);

struct IoPriorityPlan {
  int io_class = 0;
  int level = 0;
};
Result<IoPriorityPlan> plan_io_priority(const oci::IoPriority& priority);

Result<unsigned long> plan_personality(const oci::Personality& personality);

using BitMask = std::vector<unsigned long>;  // bit n of the whole is CPU or memory node n

struct MemoryPolicyPlan {
  int mode = 0;  // MPOL_* and its flags
  BitMask node_mask;
};
Result<MemoryPolicyPlan> plan_memory_policy(const oci::MemoryPolicy& policy);
std::vector<std::string> memory_policy_modes();
std::vector<std::string> memory_policy_flags();

// The CPUs of a process that joins a container, until it is in the container's cgroup and from then on. Empty: all.
struct CpuAffinityPlan {
  BitMask initial;
  BitMask final;
};
Result<CpuAffinityPlan> plan_cpu_affinity(const oci::ExecCpuAffinity& affinity);
Result<void> apply_affinity(const BitMask& cpus, std::string_view pointer);

struct SchedulingPlan {
  std::optional<sys::SchedulerAttributes> scheduler;
  std::optional<IoPriorityPlan> io_priority;
  std::optional<unsigned long> personality;
  std::optional<MemoryPolicyPlan> memory_policy;
  std::optional<CpuAffinityPlan> exec_affinity;  // of no matter to a container's first process
};
Result<SchedulingPlan> plan_scheduling(const oci::Process& process, const oci::Linux& part);
// All but the affinity.
Result<void> apply_scheduling(const SchedulingPlan& plan);

}  // namespace aictr::runtime
