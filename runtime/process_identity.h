#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_record.h"

namespace aictr::runtime {

// When a process started, in clock ticks since boot (proc_pid_stat(5), field 22): with its number it names one process
// for as long as the machine is up. Kind::not_found for one that has ended, waited for or not.
Result<std::uint64_t> start_time_of(pid_t pid);

// The first process of a container, or nothing once it has ended. What the descriptor refers to is that process and no
// later one of the same number.
Result<std::optional<UniqueFd>> open_first_process(const oci::RuntimeRecord& record);

}  // namespace aictr::runtime
