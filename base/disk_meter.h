#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "base/result.h"

namespace aictr {

// Bytes that files take on the disk, as du(1) counts them: blocks and not lengths, directories too, and what has
// several names only once.
class DiskMeter {
 public:
  // What the path names, with everything below it, without crossing into a mount; 0 for what is not there. What goes
  // away while it is looked at is not counted.
  Result<std::int64_t> measure(int dir, const std::string& path);

 private:
  Result<std::int64_t> measure_below(int directory, dev_t device);
  std::set<std::pair<dev_t, ino_t>> seen_;  // of files with several names
};

}  // namespace aictr
