#pragma once

#include <string>

#include "base/result.h"
#include "images/live_tree.h"
#include "images/tar_output.h"

namespace aictr::images {

// Writes a tree that may change meanwhile (live_tree.h) as an uncompressed tar of ordinary files: names that begin with
// .wh. mean nothing. `name` is what the top is called in it; "." for a directory whose content alone matters ("./a").
// Hard links inside stay links; the attributes that an image keeps go along. A file that is mostly holes is written as
// GNU tar writes sparse files (format 1.0 for pax). A file that shrinks while it is read is filled up with zeros, as
// GNU tar does.
Result<void> write_tree_tar(LiveEntry top, const std::string& name, const TarSink& sink);

}  // namespace aictr::images
