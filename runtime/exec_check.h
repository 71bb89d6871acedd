#pragma once

#include <string_view>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

// Whether a process may join a container in this status; in the words that callers of runc look for. Kind::busy.
Result<void> check_visitable(std::string_view status, bool in_paused);

// What `process` leaves open is as `first`, the container's own process, has it. Pure.
void inherit_from(const oci::Process& first, oci::Process& process);

}  // namespace aictr::runtime
