#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace aictr::images {

// The type flags of a tar header (POSIX.1-2017 pax, "ustar Interchange Format").
enum class TarType : char {
  file = '0',
  hard_link = '1',
  symbolic_link = '2',
  character_device = '3',
  block_device = '4',
  directory = '5',
  fifo = '6',
};

// One member of a tar, without its content.
struct TarEntry {
  std::string path;  // as the archive has it: when reading, nothing about it may be trusted
  TarType type = TarType::file;
  mode_t mode = 0;  // permission bits, setuid, setgid and sticky
  uid_t uid = 0;
  gid_t gid = 0;
  std::int64_t size = 0;   // bytes of content; 0 for anything but a file
  std::int64_t mtime = 0;  // seconds since the epoch
  std::string link;        // what a symbolic or hard link names
  dev_t device = 0;
  std::map<std::string, std::string> xattrs;
};

}  // namespace aictr::images
