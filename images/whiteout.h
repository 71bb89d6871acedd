#pragma once

// Deletions in a layer. A tar has them as names (image-spec, layer.md, "Whiteouts"), an overlay directory as device
// nodes and extended attributes (the kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque
// directories").

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace aictr::images {

inline constexpr std::string_view kWhiteoutPrefix = ".wh.";
inline constexpr std::string_view kWhiteoutMeta = ".wh..wh.";  // names of aufs's own; none but the next means anything
inline constexpr std::string_view kOpaqueMarker = ".wh..wh..opq";

inline bool is_whiteout(const struct stat& st) {
  return S_ISCHR(st.st_mode) && st.st_rdev == 0;
}

// Overlayfs's attributes: "trusted.overlay." where the mounter may use trusted ones, that is as root of the initial
// user namespace; elsewhere "user.overlay.", with the mount option userxattr (Linux 5.11).
bool uses_user_xattrs();
std::string overlay_xattr(std::string_view name);  // "opaque": "trusted.overlay.opaque"
bool is_overlay_xattr(std::string_view name);

}  // namespace aictr::images
