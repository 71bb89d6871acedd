#pragma once

#include <cstdint>

#include "base/result.h"

namespace aictr::sys {

// Appends what is left of `from` to `to`, inside of the kernel where it can: copy_file_range(2), which shares the
// blocks on file systems that have reflinks, else sendfile(2), else by reading. The bytes copied.
Result<std::int64_t> copy_contents(int from, int to);

}  // namespace aictr::sys
