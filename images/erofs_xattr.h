#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace aictr::images {

// The inline attributes of an EROFS inode; empty without any. Kind::unsupported when they are more than fit.
Result<std::string> encode_erofs_xattrs(const std::map<std::string, std::string>& xattrs);

}  // namespace aictr::images
