#pragma once

#include "base/result.h"

namespace aictr::images {

// Whether the file is what ADD unpacks, by its first bytes: a tar, plain or compressed with gzip, bzip2, xz or zstd.
Result<bool> is_archive(int file);

}  // namespace aictr::images
