#pragma once

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "images/source_tree.h"

namespace aictr::images {

// Digests of what files hold: content or link target, and extended attributes. They are remembered from build to build
// by inode, size and times, so that an unchanged context costs one stat a file. A file that changed so shortly before
// it was read that a further change might not show in its times is not remembered.
class FileDigests {
 public:
  // Digests remembered in the file `path` below `dir`; without a path nothing is remembered. A file that cannot be read
  // is as good as none.
  explicit FileDigests(int dir = -1, std::string path = {});

  // Hexadecimal. Folders and special files have attributes only.
  Result<std::string> digest(const SourceItem& item, const SourceEntry& entry);

  // What was asked for since the start, and the same of another process to be kept with ours.
  std::string used() const;
  void add(std::string_view used);

  // Keeps what was asked for since the start. Failing costs time only, so nobody needs to know.
  void save() const noexcept;

 private:
  // Device, inode, size, modification and change time in nanoseconds.
  using Identity = std::array<std::int64_t, 5>;
  struct Known {
    std::string digest;
    bool used = false;
  };

  static Identity identity(const struct stat& st);
  void read(std::string_view text, bool used);

  int dir_;
  std::string path_;
  std::map<Identity, Known> known_;
  bool changed_ = false;
};

}  // namespace aictr::images
