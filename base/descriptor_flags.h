#pragma once

// What fcntl(2) says about a descriptor; the conventions of sys.h.

#include "base/result.h"

namespace aictr::sys {

Result<void> set_non_blocking(int fd);  // of the open file: everybody who has it sees it

// For one that a program we are about to become is to have, and that it puts out of reach of the next one.
Result<void> keep_at_exec(int fd);
Result<void> close_at_exec(int fd);

}  // namespace aictr::sys
