#pragma once

#include <string>

#include "base/result.h"
#include "images/source_tree.h"

namespace aictr::images {

// The folder that `aictr build` was given, as COPY sees it. The rules of "<Dockerfile>.dockerignore" hold where it
// stands beside the Dockerfile, else those of .dockerignore or .containerignore in the context.
// Kind::not_found for a folder that is not there; errors of the rules name their file and line.
Result<SourceTree> open_build_context(const std::string& path, const std::string& dockerfile_path);

}  // namespace aictr::images
