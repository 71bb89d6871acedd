#pragma once

#include "base/result.h"
#include "images/file_digests.h"
#include "images/source_tree.h"

namespace aictr::images {

// What of an owner counts: a file of the build context always becomes 0:0, one of a stage keeps its owner.
enum class Owners { count, do_not };

// A digest over all that a COPY of this item would bring: names below it, types, modes, content, links, attributes.
// Times do not count, and neither does where the item lies.
Result<std::string> content_digest(const SourceItem& item, Owners owners, FileDigests& files);

}  // namespace aictr::images
