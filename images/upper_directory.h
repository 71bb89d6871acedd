#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// The mount points that whoever runs a step may make in a root file system that lacks them, such as /proc and
// /etc/resolv.conf. They are no part of the step's result.
class MountPoints {
 public:
  // Before the step: notes which are missing, and what /etc looks like.
  explicit MountPoints(int root);

  // After it, with the overlay still mounted: removes those that are there now and that the step has put nothing into.
  Result<void> remove_new(int root) const;
  // After it, with the overlay gone: takes /etc out of the upper directory when making mount points in it was all that
  // has happened to it.
  Result<void> remove_touched(int upper) const;

 private:
  std::vector<std::string> missing_;
  std::optional<struct stat> etc_;
};

// Sets every time in the tree that is later than `epoch` seconds to it (SOURCE_DATE_EPOCH).
Result<void> clamp_times(int tree, std::int64_t epoch);

}  // namespace aictr::images
