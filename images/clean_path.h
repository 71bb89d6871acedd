#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aictr::images {

// The path without empty and "." components, and without ".." where a name stands before it; "." for nothing at all.
// Words only: no file is looked at.
std::string clean_path(std::string_view path);

// The same below a root: leading "/" and ".." are gone, and "" is the root itself.
std::string path_below_root(std::string_view path);

// `path` seen from `folder`, an absolute path: absolute and clean.
std::string absolute_path(std::string_view folder, std::string_view path);

// The last component.
std::string base_name(std::string_view path);

}  // namespace aictr::images
