#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// What the upper directory of an overlay says about what is below.
enum class ChangeKind : char { added = 'A', changed = 'C', deleted = 'D' };

struct Change {
  ChangeKind kind;
  std::string path;  // relative to the root
};

// The changes in bytewise order of their paths, a directory before what is in it; as `docker diff` counts them: a
// directory is changed when its mode or owner is or when something in it is, a file also by size and time; what was
// below a deleted directory is not told. The root itself is none of them.
//
// `upper` is read without following a link, and may change meanwhile: what vanishes is left out. `lower` is the root of
// everything below, as a directory without whiteouts. `stubs`: paths that do not count where they are empty
// directories or files, as somebody made them to mount something there (MountPoints). Kind::unsupported for directories
// nested too deep.
Result<std::vector<Change>> list_changes(int upper, int lower, const std::set<std::string>& stubs);

}  // namespace aictr::images
