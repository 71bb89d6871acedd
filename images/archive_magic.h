#pragma once

#include "base/result.h"

namespace aictr::images {

// Whether the file, read from its offset, is what ADD unpacks: a tar, plain or compressed with gzip, bzip2, xz or zstd.
// Its name does not count, and a compressed file that is no tar is a file like others.
Result<bool> is_archive(int file);

}  // namespace aictr::images
