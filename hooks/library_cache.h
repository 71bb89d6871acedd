#pragma once

// The library cache of a container: what its own cache holds, or where it has none what its library directories hold,
// with entries of ours in front. Its files are only read, through its root; what they say can mislead nobody but the
// container's own loader.

#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/ld_cache.h"

namespace aictr::hooks {

// `first_directory`: one of the container whose libraries come before ours; empty: none.
Result<LdCache> container_library_cache(int root, const std::vector<CachedLibrary>& ours,
                                        const std::string& first_directory);

// The directories that ldconfig would look into: those of /etc/ld.so.conf with its includes, then the usual ones.
std::vector<std::string> library_directories(int root);

// The libraries of one directory of the container by SONAME, without its subdirectories.
std::vector<CachedLibrary> libraries_in(int root, const std::string& directory);

// The list of directories for musl's loader with `directory` in front, as text of /etc/ld-musl-ARCH.path; empty when
// the root has no musl. `path` gets the file's path.
std::string musl_path_file(int root, const std::string& directory, std::string& path);

}  // namespace aictr::hooks
