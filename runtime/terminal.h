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

// A pseudo-terminal of the container's own devpts, so that the names inside are right. Both sides are checked to be
// what they seem and found without a path that the image could have put a link in (CVE-2025-52565). `root` is the
// container's.
Result<Terminal> open_terminal(int root, const TerminalSettings& settings);

// Bind-mounts its slave side on /dev/console. Before enter_root().
Result<void> make_console(int root, const Terminal& terminal);

// Makes the slave our controlling terminal and standard streams, owned by the user. We must lead a session.
Result<void> adopt_terminal(int slave, uid_t owner);

}  // namespace aictr::runtime
