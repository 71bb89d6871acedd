#pragma once

// Paths inside a container, which its image chose: walked by the kernel as if `root` were "/" (RESOLVE_IN_ROOT), so no
// symbolic link and no ".." leads to the host. What is missing is made one component at a time, each below the
// descriptor of its parent, so nobody can swap a component between look and use (CVE-2021-30465, CVE-2024-45310).

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::runtime {

// O_PATH and whatever else `flags` says.
Result<UniqueFd> find_in_root(int root, const std::string& path, int flags = 0);

// What is there already is given back as it is; a link that leads nowhere is made to lead to what is made. The
// descriptors are O_PATH.
Result<UniqueFd> make_directory_in_root(int root, const std::string& path, mode_t mode);
Result<UniqueFd> make_file_in_root(int root, const std::string& path, mode_t mode);

// "/dev/net/tun": "/dev/net" and "tun".
struct SplitPath {
  std::string parent;
  std::string name;
};
SplitPath split_path(const std::string& path);

}  // namespace aictr::runtime
