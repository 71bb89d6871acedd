#include "runtime/rootfs.h"

#include <fcntl.h>
#include <linux/mount.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "runtime/mount_make.h"

namespace aictr::runtime {
namespace {

constexpr int kDetach = 2;  // MNT_DETACH, whose header does not go together with linux/mount.h

Result<void> set_propagation(int mount, const Propagation& propagation) {
  mount_attr request{};
  request.propagation = propagation.type;
  return sys::mount_setattr(mount, "", AT_EMPTY_PATH | (propagation.recursive ? AT_RECURSIVE : 0U), request);
}

Result<UniqueFd> open_directory_path(const std::string& path) {
  return sys::open(path, O_PATH | O_DIRECTORY);
}

// Unmounted, or covered where that is not ours to do.
Result<void> take_away(const std::string& place) {
  auto unmounted = sys::umount(place, kDetach);
  if (unmounted.ok() || unmounted.error().code == ENOENT) return {};  // with what it was mounted on
  UniqueFd target = TRY(open_directory_path(place));
  UniqueFd cover = TRY(make_tmpfs("755"));
  return sys::attach_mount(cover.get(), target.get());
}

}  // namespace

std::vector<std::string> full_views_of_kernel(std::string_view mountinfo, const std::string& root) {
  std::vector<std::string> places;
  for (const std::string& line : split(mountinfo, '\n')) {
    std::vector<std::string> fields = words(line);
    auto dash = std::ranges::find(fields, "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 2) continue;
    bool full = fields[3] == "/" && (dash[1] == "proc" || dash[1] == "sysfs");
    bool inside = !root.empty() && (fields[4] == root || fields[4].starts_with(root + "/"));
    if (full && !inside) places.push_back(fields[4]);
  }
  return places;
}

Result<UniqueFd> open_root(const std::string& path) {
  UniqueFd root = TRY_AS("root file system", sys::open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE));
  TRY(set_propagation(root.get(), {MS_PRIVATE, true}));
  return root;
}

Result<void> isolate_mounts(Receive receive) {
  UniqueFd host = TRY(open_directory_path("/"));
  return set_propagation(host.get(),
                         {receive == Receive::yes ? std::uint64_t{MS_SLAVE} : std::uint64_t{MS_PRIVATE}, true});
}

Result<void> attach_root(int root, const std::string& path) {
  UniqueFd target = TRY(open_directory_path(path.empty() ? "/" : path));
  TRY_AS("attach the root file system", sys::attach_mount(root, target.get()));
  return {};
}

Result<void> enter_root(int root) {
  // Afterwards the old root lies on top of the new one at ".", where it can be taken away without a directory for it
  // in the container (pivot_root(2), "pivot_root(".", ".")").
  TRY(sys::fchdir(root));
  TRY(sys::pivot_root(".", "."));
  TRY(sys::umount(".", kDetach));
  return sys::chdir("/");
}

Result<void> enter_root_by_move(int root, const std::string& path) {
  for (const std::string& place : full_views_of_kernel(TRY(read_file(AT_FDCWD, "/proc/self/mountinfo")), path))
    TRY_AS(fmt::format("take '{}' of the host away", place), take_away(place));
  TRY(sys::fchdir(root));
  TRY(sys::move_mount(AT_FDCWD, ".", AT_FDCWD, "/", 0));
  TRY(sys::chroot("."));
  return sys::chdir("/");
}

Result<void> enter_root_unattached(int root) {
  TRY(sys::fchdir(root));
  TRY(sys::chroot("."));
  return sys::chdir("/");
}

Result<void> make_root_read_only() {
  mount_attr request{};
  request.attr_set = MOUNT_ATTR_RDONLY;
  return sys::mount_setattr(AT_FDCWD, "/", 0, request);
}

Result<void> set_root_propagation(const Propagation& propagation) {
  UniqueFd root = TRY(open_directory_path("/"));
  return set_propagation(root.get(), propagation);
}

}  // namespace aictr::runtime
