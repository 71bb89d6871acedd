#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::images {

// A path of a tar entry, relative to the root, without ".", ".." and empty components.
struct LayerPath {
  std::string parent;  // "" for the root's own entries
  std::string name;    // "" for the root

  bool is_root() const { return name.empty(); }
  std::string text() const { return parent.empty() ? name : parent + "/" + name; }

  // "./usr/bin/", "/usr/bin" and "usr/bin" are the same. Kind::corrupt for one that holds "..": tars of honest makers
  // have none.
  static Result<LayerPath> parse(std::string_view text);
};

}  // namespace aictr::images
