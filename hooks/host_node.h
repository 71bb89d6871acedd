#pragma once

#include "oci/container_edits.h"

namespace aictr::hooks {

// The node as lstat(2) sees it, for oci::fill_in_devices(): a symbolic link is no device node. Kind::not_found names a
// path that is not there.
Result<oci::HostNode> find_host_node(const std::string& path);

}  // namespace aictr::hooks
