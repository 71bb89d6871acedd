#include "runtime/cgroup_view.h"

#include <fcntl.h>
#include <linux/mount.h>

#include <algorithm>
#include <string_view>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "runtime/mount_make.h"

namespace aictr::runtime {
namespace {

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_below(std::string_view path, std::string_view mount) {
  return !mount.empty() && path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
}

Result<UniqueFd> bind_directory(const std::string& directory, const MountOptions& options) {
  UniqueFd mount = TRY(sys::open_tree(AT_FDCWD, directory, OPEN_TREE_CLONE));
  TRY(change_attributes(mount.get(), options));
  return mount;
}

Result<UniqueFd> make_frame(const CgroupView& view, const MountOptions& options) {
  UniqueFd frame = TRY(make_tmpfs("755"));
  for (const CgroupView::Hierarchy& hierarchy : view.hierarchies) TRY(sys::mkdir(frame.get(), hierarchy.name, 0755));
  for (const auto& [name, target] : view.links) TRY(sys::symlink(target, frame.get(), name));
  TRY(change_attributes(frame.get(), options));
  return frame;
}

}  // namespace

CgroupView plan_cgroup_view(const CgroupHost& host, std::span<const std::string> directories) {
  CgroupView view;
  for (const std::string& directory : directories) {
    if (is_below(directory, host.v2_mount)) {
      view.hierarchies.push_back({directories.size() == 1 ? "" : "unified", directory});
      continue;
    }
    for (const auto& [controller, mount] : host.v1_mounts) {
      if (!is_below(directory, mount)) continue;
      std::string name(last_part(mount));
      bool known = std::ranges::any_of(view.hierarchies, [&](const auto& h) { return h.name == name; });
      if (!known) view.hierarchies.push_back({name, directory});
      if (controller != name) view.links.emplace_back(controller, name);
    }
  }
  return view;
}

Result<void> mount_cgroup_view(int target, const MountOp& op, const CgroupView& view) {
  if (view.hierarchies.size() == 1 && view.hierarchies[0].name.empty()) {
    UniqueFd mount = TRY(bind_directory(view.hierarchies[0].directory, op.options));
    return sys::attach_mount(mount.get(), target);
  }
  UniqueFd frame = TRY(make_frame(view, op.options));
  TRY(sys::attach_mount(frame.get(), target));
  for (const CgroupView::Hierarchy& hierarchy : view.hierarchies) {
    UniqueFd mount = TRY(bind_directory(hierarchy.directory, op.options));
    UniqueFd place = TRY(sys::open(frame.get(), hierarchy.name, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    TRY(sys::attach_mount(mount.get(), place.get()));
  }
  return {};
}

}  // namespace aictr::runtime
