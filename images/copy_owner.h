#pragma once

#include <string>

#include "base/result.h"
#include "images/copy.h"

namespace aictr::images {

// Who --chown and, for WORKDIR, USER mean: "user", "user:group", names looked up in the root file system's own
// /etc/passwd and /etc/group. A number alone is user and group. Empty: 0:0. Kind::not_found for an unknown name.
Result<Owner> find_owner(int root, const std::string& text);

}  // namespace aictr::images
