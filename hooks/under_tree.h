#pragma once

// Files that a container is to see and no layer of it keeps: a directory tree that lies between the layers of an
// overlay and what the container writes. Places of mounts are made here too, so that mounting leaves no trace in what
// is written.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::hooks {

class UnderTree {
 public:
  // `root`: the layers, mounted; paths are walked in it as in a container. `directory`: an empty one of ours. Its own
  // mode and owner become those of `root`.
  static Result<UnderTree> begin(int root, const std::string& directory);

  // `path` is absolute. Directories on the way are those of the layers, links followed, with their modes, owners and
  // times; missing ones are made. The result is where it really lies: what a mount must name. Kind::usage when the
  // image has a file where a directory must be.
  Result<std::string> add_file(const std::string& path, std::string_view content, mode_t mode);
  Result<std::string> add_directory(const std::string& path);
  Result<std::string> add_link(const std::string& path, const std::string& target);

 private:
  UnderTree(int root, UniqueFd tree) : root_(root), tree_(std::move(tree)) {}
  struct Place {
    std::string directory;  // real, without a '/' at its end: "" is the root
    std::string name;
  };
  Result<Place> place(const std::string& path);
  Result<std::string> real_directory(const std::string& path);
  Result<void> make(const std::string& directory);

  int root_;
  UniqueFd tree_;
  std::vector<std::string> made_;
};

}  // namespace aictr::hooks
