#pragma once

#include <string>

#include "base/result.h"
#include "images/source_tree.h"

namespace aictr::images {

struct BuildContext {
  // A folder of ours may have links that lead out of it where we put them; in one that came from elsewhere they end
  // inside.
  enum class Origin { here, elsewhere };

  std::string path;  // of the folder that COPY takes from
  // "<Dockerfile>.dockerignore"; one that came from elsewhere has it inside. Empty: none.
  std::string own_ignore_file;
  Origin origin = Origin::here;
};

// The build context as COPY sees it. The rules of its own ignore file hold where that is there, else those of
// .dockerignore or .containerignore in the context. Kind::not_found for a folder that is not there; errors of the rules
// name their file and line.
Result<SourceTree> open_build_context(const BuildContext& context);

}  // namespace aictr::images
