#pragma once

#include <string>

#include "base/result.h"

namespace aictr::runtime {

// Before a container is entered, /proc/PID/exe of its first process leads to this program's file on the host. To keep
// anybody inside from writing to it (CVE-2019-5736), a program calls this at the start of every command that enters a
// container: it executes itself again from a copy of its mount that is read-only and attached nowhere (0.3 ms), or,
// where it may not make one, from a sealed copy in memory. Comes back when that is done, or was not needed because the
// file is on a read-only file system.
Result<void> protect_self(char** argv);

// Where this program's file is, also after protect_self().
Result<std::string> path_of_this_program();

}  // namespace aictr::runtime
