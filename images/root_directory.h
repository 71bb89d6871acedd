#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::images {

// What directories that a step makes on its way look like.
struct DirectoryAttributes {
  mode_t mode = 0755;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Opens the directory `path` of the root file system `root` and makes what is missing of it. Links are followed inside
// of the root, a dangling one to where it points. Kind::exists when something else is in the way.
Result<UniqueFd> open_in_root(int root, const std::string& path, const DirectoryAttributes& missing);

// A name in a directory.
struct DirectoryPlace {
  UniqueFd directory;
  std::string name;
};

// Where `path` really is once links are followed, its last component's too. The place itself need not exist; its
// directory is made.
Result<DirectoryPlace> place_in_root(int root, const std::string& path, const DirectoryAttributes& missing);

}  // namespace aictr::images
