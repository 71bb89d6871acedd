#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_record.h"

namespace aictr::runtime {

// What the maker of a process gives to others once it is ready. An empty path: nobody asked.

// The terminal's master side, to whoever listens at the console socket; it is no longer ours then.
Result<void> hand_over_terminal(const std::string& console_socket, UniqueFd& terminal);
Result<void> hand_over_pidfd(const std::string& pidfd_socket, int pidfd);
// The descriptor at which seccomp notifications of `pid`, a process of the container, are answered.
Result<void> hand_over_listener(const oci::RuntimeRecord& record, std::string_view status, pid_t pid, int listener);
Result<void> write_pid_file(const std::string& path, pid_t pid);

}  // namespace aictr::runtime
