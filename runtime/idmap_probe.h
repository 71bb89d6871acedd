#pragma once

#include <string>

namespace aictr::runtime {

// Whether what is at `path` can be mounted with its ids mapped (mount_setattr(2), MOUNT_ATTR_IDMAP: Linux 5.12, and
// each file system learnt it in a version of its own), and by us. Tries it with a mount that nobody sees.
bool can_map_ids(const std::string& path);

}  // namespace aictr::runtime
