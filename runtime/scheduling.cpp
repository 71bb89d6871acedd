#include "runtime/scheduling.h"

#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sys/personality.h>

#include <algorithm>
#include <bit>
#include <climits>
#include <span>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

struct Word {
  std::string_view word;
  unsigned value;
};

constexpr Word kPolicies[] = {{"SCHED_OTHER", 0}, {"SCHED_FIFO", 1}, {"SCHED_RR", 2},      {"SCHED_BATCH", 3},
                              {"SCHED_ISO", 4},   {"SCHED_IDLE", 5}, {"SCHED_DEADLINE", 6}};
constexpr Word kSchedulerFlags[] = {{"SCHED_FLAG_RESET_ON_FORK", 0x01}, {"SCHED_FLAG_RECLAIM", 0x02},
                                    {"SCHED_FLAG_DL_OVERRUN", 0x04},    {"SCHED_FLAG_KEEP_POLICY", 0x08},
                                    {"SCHED_FLAG_KEEP_PARAMS", 0x10},   {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
                                    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40}};
constexpr Word kIoClasses[] = {{"IOPRIO_CLASS_RT", IOPRIO_CLASS_RT},
                               {"IOPRIO_CLASS_BE", IOPRIO_CLASS_BE},
                               {"IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE}};
constexpr Word kPersonalities[] = {{"LINUX", PER_LINUX}, {"LINUX32", PER_LINUX32}};
constexpr unsigned kDefaultMode = 0;
constexpr unsigned kLocalMode = 4;
constexpr Word kMemoryModes[] = {{"MPOL_DEFAULT", kDefaultMode}, {"MPOL_PREFERRED", 1},      {"MPOL_BIND", 2},
                                 {"MPOL_INTERLEAVE", 3},         {"MPOL_LOCAL", kLocalMode}, {"MPOL_PREFERRED_MANY", 5},
                                 {"MPOL_WEIGHTED_INTERLEAVE", 6}};
constexpr Word kMemoryFlags[] = {
    {"MPOL_F_NUMA_BALANCING", 1U << 13}, {"MPOL_F_RELATIVE_NODES", 1U << 14}, {"MPOL_F_STATIC_NODES", 1U << 15}};

std::vector<std::string> names_of(std::span<const Word> words) {
  std::vector<std::string> names;
  for (const Word& word : words) names.emplace_back(word.word);
  return names;
}

Result<unsigned> look_up(std::span<const Word> words, std::string_view word, std::string_view pointer) {
  auto found = std::ranges::find(words, word, &Word::word);
  if (found != words.end()) return found->value;
  return make_error(Kind::usage, fmt::format("{}: '{}' is not known", pointer, word));
}

Result<unsigned> look_up_all(std::span<const Word> known, const std::vector<std::string>& words,
                             std::string_view pointer) {
  unsigned all = 0;
  for (std::size_t i = 0; i < words.size(); ++i) all |= TRY(look_up(known, words[i], fmt::format("{}/{}", pointer, i)));
  return all;
}

constexpr unsigned kMost = 8192;  // more than any kernel has CPUs or memory nodes

// "0-3,7", the kernel's list format.
Result<BitMask> mask_of(std::string_view list, std::string_view pointer) {
  constexpr std::size_t kBits = sizeof(unsigned long) * CHAR_BIT;
  Error bad = make_error(Kind::usage, fmt::format("{}: '{}' is no list such as 0-3,7", pointer, list));
  BitMask mask;
  if (list.empty()) return mask;
  for (const std::string& part : split(list, ',')) {
    auto ends = split(trim(part), '-');
    auto first = parse_number<unsigned>(ends.front());
    auto last = parse_number<unsigned>(ends.back());
    if (ends.size() > 2 || !first || !last || *first > *last || *last >= kMost) return bad;
    if (mask.size() <= *last / kBits) mask.resize(*last / kBits + 1);
    for (unsigned bit = *first; bit <= *last; ++bit) mask[bit / kBits] |= 1UL << (bit % kBits);
  }
  return mask;
}

}  // namespace

Result<sys::SchedulerAttributes> plan_scheduler(const oci::Scheduler& scheduler) {
  sys::SchedulerAttributes attributes;
  attributes.policy = TRY(look_up(kPolicies, scheduler.policy, "/process/scheduler/policy"));
  attributes.flags = TRY(look_up_all(kSchedulerFlags, scheduler.flags, "/process/scheduler/flags"));
  attributes.nice = scheduler.nice;
  if (scheduler.priority < 0)
    return make_error(Kind::usage, fmt::format("/process/scheduler/priority: {} is negative", scheduler.priority));
  attributes.priority = static_cast<std::uint32_t>(scheduler.priority);
  attributes.runtime = scheduler.runtime;
  attributes.deadline = scheduler.deadline;
  attributes.period = scheduler.period;
  return attributes;
}

Result<IoPriorityPlan> plan_io_priority(const oci::IoPriority& priority) {
  unsigned io_class = TRY(look_up(kIoClasses, priority.priority_class, "/process/ioPriority/class"));
  if (priority.priority < 0 || priority.priority > 7)
    return make_error(Kind::usage, fmt::format("/process/ioPriority/priority: {} is not 0 to 7", priority.priority));
  return IoPriorityPlan{static_cast<int>(io_class), priority.priority};
}

Result<unsigned long> plan_personality(const oci::Personality& personality) {
  if (!personality.flags.empty())
    return make_error(Kind::unsupported, "/linux/personality/flags: the specification defines none yet");
  unsigned persona = TRY(look_up(kPersonalities, personality.domain, "/linux/personality/domain"));
  return static_cast<unsigned long>(persona);
}

Result<MemoryPolicyPlan> plan_memory_policy(const oci::MemoryPolicy& policy) {
  // In runc's words, which its callers look for.
  MemoryPolicyPlan plan;
  unsigned mode = TRY(look_up(kMemoryModes, policy.mode, "/linux/memoryPolicy/mode: invalid memory policy mode"));
  plan.node_mask = TRY(mask_of(policy.nodes, "/linux/memoryPolicy/nodes: invalid memory policy nodes"));
  int nodes = 0;
  for (unsigned long word : plan.node_mask) nodes += std::popcount(word);
  if ((mode == kDefaultMode || mode == kLocalMode) && nodes != 0)
    return make_error(Kind::usage,
                      fmt::format("/linux/memoryPolicy/nodes: memory policy mode requires 0 nodes but got {}", nodes));
  for (const std::string& flag : policy.flags)
    mode |= TRY(look_up(kMemoryFlags, flag, "/linux/memoryPolicy/flags: invalid memory policy flag"));
  plan.mode = static_cast<int>(mode);
  return plan;
}

std::vector<std::string> memory_policy_modes() {
  return names_of(kMemoryModes);
}

std::vector<std::string> memory_policy_flags() {
  return names_of(kMemoryFlags);
}

Result<CpuAffinityPlan> plan_cpu_affinity(const oci::ExecCpuAffinity& affinity) {
  CpuAffinityPlan plan;
  plan.initial = TRY(mask_of(affinity.initial, "/process/execCPUAffinity/initial"));
  plan.final = TRY(mask_of(affinity.final, "/process/execCPUAffinity/final"));
  return plan;
}

Result<SchedulingPlan> plan_scheduling(const oci::Process& process, const oci::Linux& part) {
  SchedulingPlan plan;
  if (process.scheduler) plan.scheduler = TRY(plan_scheduler(*process.scheduler));
  if (process.io_priority) plan.io_priority = TRY(plan_io_priority(*process.io_priority));
  if (process.exec_cpu_affinity) plan.exec_affinity = TRY(plan_cpu_affinity(*process.exec_cpu_affinity));
  if (part.personality) plan.personality = TRY(plan_personality(*part.personality));
  if (part.memory_policy) plan.memory_policy = TRY(plan_memory_policy(*part.memory_policy));
  return plan;
}

namespace {

Result<void> set_scheduler(const sys::SchedulerAttributes& attributes) {
  auto set = sys::sched_setattr(attributes);
  if (set.ok()) return {};
  Error error = std::move(set).error().context("/process/scheduler");
  if (error.code != EPERM) return error;
  return std::move(error).with_hint(
      "this process scheduler can't be used together with AllowedCPUs (/linux/resources/cpu/cpus), nor without "
      "CAP_SYS_NICE");
}

}  // namespace

Result<void> apply_affinity(const BitMask& cpus, std::string_view pointer) {
  if (!cpus.empty()) TRY_AS(pointer, sys::sched_setaffinity(cpus));
  return {};
}

Result<void> apply_scheduling(const SchedulingPlan& plan) {
  if (plan.scheduler) TRY(set_scheduler(*plan.scheduler));
  if (plan.io_priority)
    TRY_AS("/process/ioPriority", sys::ioprio_set(plan.io_priority->io_class, plan.io_priority->level));
  if (plan.personality) TRY_AS("/linux/personality", sys::personality(*plan.personality));
  if (plan.memory_policy)
    TRY_AS("/linux/memoryPolicy", sys::set_mempolicy(plan.memory_policy->mode, plan.memory_policy->node_mask));
  return {};
}

}  // namespace aictr::runtime
