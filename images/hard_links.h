#pragma once

#include <sys/stat.h>

#include <map>
#include <string>
#include <utility>

#include "images/tar_entry.h"

namespace aictr::images {

// The names of a tar's inodes: the first one is the file, every later one a link to it.
class HardLinks {
 public:
  // Makes `entry` such a link when `st`'s inode has had a name.
  bool make_link_if_known(TarEntry& entry, const struct stat& st);

 private:
  std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
};

}  // namespace aictr::images
