#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace aictr::cli {

// Gives `path` and everything below it on the same file system to a user and a group; what belongs to them already is
// left as it is. Links are not followed.
Result<void> chown_tree(const std::string& path, uid_t uid, gid_t gid);

}  // namespace aictr::cli
