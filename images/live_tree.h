#pragma once

// Trees that somebody hostile may change while they are read, such as those of running containers. Every step is by the
// descriptor of a directory and one name, no link is followed, and nothing is opened for reading before it is known to
// be a file or a directory: a pipe does not make the reader wait, a device is not touched.

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::images {

// How a file of such a tree is opened for reading, once look_at() has said that it is one (sys::reopen).
inline constexpr int kReadLive = O_RDONLY | O_NONBLOCK | O_NOCTTY;

// Directories below a tree's top; what is nested deeper is an error before it exhausts descriptors or the stack.
inline constexpr int kDeepestTree = 400;
Error too_deep(const std::string& path);

struct LiveEntry {
  std::string path;  // from the tree's top on; "" is the top itself
  UniqueFd fd;       // O_PATH; of a directory that is walked: readable
  struct stat st {};
};

// What `name` in a directory is; a link is a link.
Result<LiveEntry> look_at(int dir, const std::string& name);

class LiveVisitor {
 public:
  virtual ~LiveVisitor() = default;
  virtual Result<void> enter(const LiveEntry& directory) = 0;
  virtual Result<void> leave(const LiveEntry& directory) = 0;  // after everything in it
  virtual Result<void> visit(const LiveEntry& other) = 0;      // neither a directory nor a socket
};

// From the top down, in bytewise order of the names in each directory. What vanishes meanwhile is left out, and so is
// what is in file systems that only show the kernel's state (procfs, sysfs, cgroups) and lie below the top. An error
// names the path.
Result<void> walk_live_tree(LiveEntry top, LiveVisitor& visitor);

}  // namespace aictr::images
