#pragma once

#include <string_view>

namespace aictr::images {

// The extended attributes that an image keeps: the user's own, file capabilities and ACLs. The others belong to the
// machine, such as SELinux labels, or to overlayfs.
inline bool is_kept_xattr(std::string_view name) {
  if (name.starts_with("user.overlay.")) return false;
  return name.starts_with("user.") || name == "security.capability" || name.starts_with("system.posix_acl_");
}

}  // namespace aictr::images
