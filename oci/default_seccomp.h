#pragma once

#include <string>
#include <vector>

#include "oci/seccomp_spec.h"

namespace aictr::oci {

// The profile of a container that asked for none: what Docker's default profile means. Calls are allowed by name, the
// rest fails with EPERM; `capabilities` ("CAP_SYS_ADMIN", …: the bounding set) open what is of use with them alone.
// Beyond Docker's, a process may choose the NUMA nodes of its own memory, which AI frameworks do, without CAP_SYS_NICE.
// For the architectures of this build and those that its kernel can run too.
Seccomp default_seccomp(const std::vector<std::string>& capabilities);

}  // namespace aictr::oci
