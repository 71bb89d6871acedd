#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

// How the terminal is before the first program sees it.
struct TerminalSettings {
  std::optional<oci::ConsoleSize> size;
  bool plain_newlines = false;
};

struct Terminal {
  UniqueFd master;
  UniqueFd slave;
};

// A pseudo-terminal of the container's own devpts, so that the names inside are right. Its slave side is bind-mounted
// on /dev/console. Both sides are checked to be what they seem and found without a path that the image could have put a
// link in (CVE-2025-52565). Before enter_root().
Result<Terminal> open_terminal(int root, const TerminalSettings& settings);

// Makes the slave our controlling terminal and standard streams, owned by the user. We must lead a session.
Result<void> adopt_terminal(int slave, uid_t owner);

// Hands the master side to whoever listens at the unix socket `path`, as runc does: one message with the name of the
// terminal and the descriptor.
Result<void> send_terminal(const std::string& path, int master);

}  // namespace aictr::runtime
