#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::images {

// The tree that an index shows, with the contents in the tar: a detached, read-only mount of the two files themselves,
// no loop device (Linux 6.12 with CONFIG_EROFS_FS_BACKED_BY_FILE). Kind::unsupported where the kernel cannot.
Result<UniqueFd> mount_erofs(int index, int tar);

}  // namespace aictr::images
