#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// The mount points that whoever runs a step may make in a root file system that lacks them, such as /proc and
// /etc/resolv.conf. They are no part of the step's result.
class MountPoints {
 public:
  // Before the step: notes which are missing, and what the directories look like that they will be made in. `more`:
  // targets of the step's own mounts.
  MountPoints(int root, std::span<const std::string> more);

  // After it, with the overlay still mounted: removes those that are there now and that the step has put nothing into.
  Result<void> remove_new(int root) const;
  // After it, with the overlay gone: takes directories out of the upper directory in which making mount points was all
  // that has happened.
  Result<void> remove_touched(int upper) const;

  // Relative to the root.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  struct Directory {
    std::string path;
    struct stat before {};
  };
  std::vector<std::string> missing_;  // what is inside of another comes first, so that both can go
  std::vector<Directory> parents_;    // the same way
};

// Sets every time in the tree that is later than `epoch` seconds to it (SOURCE_DATE_EPOCH).
Result<void> clamp_times(int tree, std::int64_t epoch);

}  // namespace aictr::images
