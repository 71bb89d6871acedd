#pragma once

#include <sys/resource.h>

#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

// The five capability sets as bit masks (capabilities(7)). Pure; unknown names are left out, as runc does with a
// warning.
struct CapabilityMasks {
  std::uint64_t bounding = 0;
  std::uint64_t effective = 0;
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t ambient = 0;
};
CapabilityMasks capability_masks(const oci::Capabilities& sets);
std::vector<std::string> capability_names();  // "CAP_CHOWN", … that this kernel knows, by number

// In order: drop the bounding set while still privileged; then, around the change of user, keep what is to be kept;
// then set the rest. The caller calls the first before setresuid and the second after it.
Result<void> drop_bounding(const CapabilityMasks& masks);
Result<void> apply_capabilities(const CapabilityMasks& masks);

struct ResourceLimit {
  int resource = 0;  // RLIMIT_NOFILE
  rlimit limit{};
};
// Kind::usage, with the JSON path, for an unknown or repeated type. Pure.
Result<std::vector<ResourceLimit>> plan_rlimits(const std::vector<oci::Rlimit>& limits);

}  // namespace aictr::runtime
