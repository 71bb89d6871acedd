#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/seccomp_spec.h"

namespace aictr::oci {

// A seccomp profile file as Docker and Podman take it, boiled down to what the runtime spec knows: rules whose
// "includes" and "excludes" do not fit the container's capabilities, this architecture or this kernel are left out, and
// "archMap" becomes a list. A file in the runtime spec's own form is accepted too. Pure.
struct ProfileTarget {
  std::vector<std::string> capabilities;  // "CAP_SYS_ADMIN", …
  std::string architecture;               // "amd64"
  unsigned kernel_major = 0;
  unsigned kernel_minor = 0;
};
Result<Seccomp> parse_seccomp_profile(std::string_view json, const ProfileTarget& target);

}  // namespace aictr::oci
