#pragma once

// What the container's process may do: capabilities (capabilities(7)) and resource limits (getrlimit(2)).
//
// The order in which a process gives up its rights; each step needs what a later one takes away:
//   1. apply_rlimits                         raising a hard limit needs CAP_SYS_RESOURCE
//   2. install_seccomp, without no_new_privs needs CAP_SYS_ADMIN
//   3. drop_bounding                         needs CAP_SETPCAP
//   4. keep_capabilities                     so that the permitted set survives the change of user
//   5. setgroups, setresgid, setresuid
//   6. apply_capabilities                    effective, permitted, inheritable and ambient; nothing is kept after it
//   7. no_new_privs, then install_seccomp    the filter must not have to allow the steps before it

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

// The five capability sets, bit n for capability number n.
struct CapabilityMasks {
  std::uint64_t bounding = 0;
  std::uint64_t effective = 0;
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t ambient = 0;
};

// Pure. A name that is not known is left out: the specification asks for a warning, which is for whoever prints.
CapabilityMasks capability_masks(const oci::Capabilities& sets);
std::vector<std::string> unknown_capabilities(const oci::Capabilities& sets);  // each once, sorted
bool is_capability(std::string_view name);                                     // "CAP_CHOWN", in capitals

// "CAP_CHOWN", … by number: every one that this kernel has and that this program can name.
std::vector<std::string> capability_names();

// The mask of what this process may hand on: its permitted set, less what its bounding set lacks.
Result<std::uint64_t> grantable_capabilities();

Result<void> drop_bounding(const CapabilityMasks& masks);
Result<void> keep_capabilities();
// Kind::denied, naming the capability, when one is asked for that this process does not have itself. Of the ambient set
// it raises what is permitted and inheritable too; the kernel refuses the rest.
Result<void> apply_capabilities(const CapabilityMasks& masks);

struct ResourceLimit {
  int resource = 0;  // RLIMIT_NOFILE
  std::string name;  // "RLIMIT_NOFILE"
  rlimit limit{};
};
// Kind::usage, with the JSON pointer, for a type that is unknown or repeated and for a soft limit above the hard one.
// Pure.
Result<std::vector<ResourceLimit>> plan_rlimits(const std::vector<oci::Rlimit>& limits);
// Kind::denied names the limit that needs CAP_SYS_RESOURCE.
Result<void> apply_rlimits(const std::vector<ResourceLimit>& limits);

}  // namespace aictr::runtime
