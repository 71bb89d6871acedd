#include "images/whiteout.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace aictr::images {
namespace {

constexpr std::string_view kTrusted = "trusted.overlay.";
constexpr std::string_view kUser = "user.overlay.";

// The initial user namespace maps every ID to itself.
bool is_initial_user_namespace() {
  auto map = read_file(AT_FDCWD, "/proc/self/uid_map", 4096);
  if (!map.ok()) return true;
  return words(map.value()) == std::vector<std::string>{"0", "0", "4294967295"};
}

}  // namespace

bool uses_user_xattrs() {
  static const bool kUses = ::geteuid() != 0 || !is_initial_user_namespace();
  return kUses;
}

std::string overlay_xattr(std::string_view name) {
  return std::string(uses_user_xattrs() ? kUser : kTrusted) + std::string(name);
}

bool is_overlay_xattr(std::string_view name) {
  return name.starts_with(kTrusted) || name.starts_with(kUser);
}

}  // namespace aictr::images
