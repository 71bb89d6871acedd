#include "runtime/idmap_probe.h"

#include <fcntl.h>

#include "base/sys_mount.h"
#include "runtime/idmap.h"

namespace aictr::runtime {

bool can_map_ids(const std::string& path) {
  auto tree = sys::open_tree(AT_FDCWD, path, OPEN_TREE_CLONE);
  if (!tree.ok()) return false;
  auto space = open_user_namespace(IdMaps{{{0, 1, 1}}, {{0, 1, 1}}});
  if (!space.ok()) return false;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<std::uint64_t>(space.value().get());
  return sys::mount_setattr(tree.value().get(), "", AT_EMPTY_PATH, attributes).ok();
}

}  // namespace aictr::runtime
