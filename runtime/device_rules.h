#pragma once

// Which device nodes a container may make and open: linux.resources.devices (config-linux.md), a list in which a later
// rule takes precedence. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/linux_spec.h"
#include "runtime/cgroup_plan.h"

namespace aictr::runtime {

// One kind of node, with the access rights that the rule gives or takes.
struct DeviceMatch {
  bool allow = false;
  char type = 'c';                     // b or c
  std::optional<std::uint32_t> major;  // nothing: every one
  std::optional<std::uint32_t> minor;
  unsigned access = 0;  // BPF_DEVCG_ACC_*
};

// Every access right of a request is decided by the last rule that matches it; where none does, by `otherwise`.
struct DevicePolicy {
  bool otherwise = false;
  std::vector<DeviceMatch> rules;
  bool allows_everything() const { return otherwise && rules.empty(); }
};

// Nothing when there are no rules: then nothing is filtered. Where the default is to deny, the nodes that every
// container has (/dev/null, … and the making of nodes, which is harmless without opening them) are allowed last.
// Kind::usage, with the JSON pointer, for a type or an access without a meaning.
Result<std::optional<DevicePolicy>> plan_devices(const std::vector<oci::DeviceRule>& rules);

// For devices.allow and devices.deny of cgroup v1, in order. That controller keeps one list of exceptions to one
// default and forgets an exception only by its exact numbers, so some policies cannot be said there: Kind::unsupported.
Result<std::vector<CgroupWrite>> translate_devices_to_v1(const DevicePolicy& policy);

}  // namespace aictr::runtime
