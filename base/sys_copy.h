#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"

namespace aictr::sys {

// Appends what is left of `from` to `to`, inside of the kernel where it can: copy_file_range(2), which shares the
// blocks on file systems that have reflinks, else sendfile(2), else by reading. The bytes copied.
Result<std::int64_t> copy_contents(int from, int to);

// Copies the first `size` bytes, or as many as there are, to an empty file of the same size; what is a hole in `from`
// is one in the copy. The bytes copied, without holes. A file that grows meanwhile is copied no further.
Result<std::int64_t> copy_sparse(int from, int to, off_t size);

// Where the data of a file stands that begins at or after `offset` and before `size`; no length: there is no more.
struct DataRange {
  off_t offset = 0;
  off_t length = 0;
};
Result<DataRange> next_data(int fd, off_t offset, off_t size);

}  // namespace aictr::sys
