#pragma once

#include <span>
#include <string>

#include "images/source_tree.h"

namespace aictr::images {

// A warning about a folder of the build context that a COPY takes and that holds more than 1 GB: its three heaviest
// paths, and the line of .dockerignore that would leave the first out. Empty for a lighter one. `folder`: where it is
// in the context, "" for all of it. Pure.
std::string context_warning(const std::string& folder, std::span<const SourceEntry> entries);

}  // namespace aictr::images
