#pragma once

// Extended attributes (xattr(7)) by descriptor; a descriptor opened with O_PATH will not do. The conventions of sys.h.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::sys {

// All names that the caller may see (trusted.* needs CAP_SYS_ADMIN), in no order; none where the file system has none.
Result<std::vector<std::string>> list_xattrs(int fd);
Result<std::string> get_xattr(int fd, const std::string& name);
Result<void> set_xattr(int fd, const std::string& name, std::string_view value);
Result<void> remove_xattr(int fd, const std::string& name);

}  // namespace aictr::sys
