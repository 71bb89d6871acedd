#include "runtime/mounts.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>

#include <optional>
#include <set>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "runtime/copy_up.h"
#include "runtime/devices.h"
#include "runtime/mount_make.h"
#include "runtime/rooted_path.h"

namespace aictr::runtime {
namespace {

// These three are what they are called, or programs and we ourselves could be led astray by the image
// (CVE-2019-19921, CVE-2023-27561, CVE-2026-41579).
bool must_be_ordinary(const std::string& destination) {
  return destination == "/proc" || destination == "/sys" || destination == "/dev";
}

Result<UniqueFd> open_target(int root, const std::string& destination, bool directory) {
  if (!directory) return make_file_in_root(root, destination, 0644);
  if (!must_be_ordinary(destination)) return make_directory_in_root(root, destination, 0755);
  std::string name = destination.substr(1);
  auto found = sys::open(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (found.ok()) return found;
  if (found.error().code == ENOENT) return make_directory_in_root(root, destination, 0755);
  return make_error(Kind::usage, fmt::format("'{}' must be mounted on ordinary directory", destination));
}

Result<void> attach(int root, const std::string& destination, int mount) {
  struct stat st = TRY(sys::stat(mount));
  UniqueFd target = TRY(open_target(root, destination, S_ISDIR(st.st_mode)));
  return sys::attach_mount(mount, target.get());
}

Result<void> fill_from(UniqueFd& tmpfs, int target, const MountOptions& options) {
  UniqueFd from = TRY(sys::open(target, ".", O_RDONLY | O_DIRECTORY));
  struct stat st = TRY(sys::stat(from.get()));
  TRY(copy_up(from.get(), tmpfs.get()));
  TRY(sys::chown(tmpfs.get(), ".", st.st_uid, st.st_gid));
  return change_attributes(tmpfs.get(), options);
}

Result<void> mount_file_system(int root, const MountOp& op) {
  UniqueFd target = TRY(open_target(root, op.destination, true));
  auto made = make_file_system(op);
  // A user namespace may mount sysfs of a network namespace that it owns only; the host's is as good to read.
  if (!made.ok() && made.error().code == EPERM && op.type == "sysfs") {
    MountOp bind = op;
    bind.source = "/sys";
    bind.options.bind = MountOptions::Bind::with_submounts;
    bind.options.recursive_attributes.set |= MOUNT_ATTR_RDONLY;
    made = make_bind(bind);
  }
  UniqueFd mount = TRY(std::move(made));
  if (op.options.copy_up) TRY(fill_from(mount, target.get(), op.options));
  return sys::attach_mount(mount.get(), target.get());
}

Result<void> mount_bind(int root, const MountOp& op, UniqueFd opened) {
  UniqueFd mount = opened ? std::move(opened) : TRY(make_bind(op));
  return attach(root, op.destination, mount.get());
}

Result<void> remount(int root, const MountOp& op) {
  UniqueFd mount = TRY(find_in_root(root, op.destination));
  return change_attributes(mount.get(), op.options);
}

Result<void> apply(int root, const MountOp& op, UniqueFd bind, const CgroupView& view) {
  switch (op.what) {
    case MountOp::What::file_system:
      return mount_file_system(root, op);
    case MountOp::What::bind:
      return mount_bind(root, op, std::move(bind));
    case MountOp::What::remount:
      return remount(root, op);
    case MountOp::What::cgroup:
      break;
  }
  UniqueFd target = TRY(open_target(root, op.destination, true));
  return mount_cgroup_view(target.get(), op, view);
}

std::string place_of(const MountOp& op) {
  return fmt::format("{}: mount on '{}'", op.pointer, op.destination);
}

// Nothing, when there is no such path: then there is nothing to protect.
Result<std::optional<UniqueFd>> find_if_there(int root, const std::string& path) {
  auto found = find_in_root(root, path);
  if (found.ok()) return std::optional(std::move(found).value());
  if (found.error().code == ENOENT || found.error().code == ENOTDIR) return std::optional<UniqueFd>();
  return std::move(found).error();
}

constexpr mount_attr kReadOnly = {MOUNT_ATTR_RDONLY, 0, 0, 0};

// One empty directory covers all: the first use mounts it, the others a copy of it.
class EmptyDirectory {
 public:
  Result<void> cover(int target) {
    if (mount_) {
      UniqueFd copy = TRY(sys::open_tree(mount_.get(), "", AT_EMPTY_PATH | OPEN_TREE_CLONE));
      return sys::attach_mount(copy.get(), target);
    }
    mount_ = TRY(make_tmpfs("755"));
    TRY(sys::mount_setattr(mount_.get(), "", AT_EMPTY_PATH, kReadOnly));
    return sys::attach_mount(mount_.get(), target);
  }

 private:
  UniqueFd mount_;
};

Result<void> cover_with(int file, int target) {
  UniqueFd mount = TRY(sys::open_tree(file, "", AT_EMPTY_PATH | OPEN_TREE_CLONE));
  return sys::attach_mount(mount.get(), target);
}

Result<void> cover_read_only(int target) {
  UniqueFd mount = TRY(sys::open_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE));
  TRY(sys::mount_setattr(mount.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, kReadOnly));
  return sys::attach_mount(mount.get(), target);
}

}  // namespace

Result<std::vector<UniqueFd>> open_binds(const std::vector<MountOp>& ops) {
  std::vector<UniqueFd> binds(ops.size());
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].what != MountOp::What::bind) continue;
    binds[i] = TRY_AS(place_of(ops[i]), make_bind(ops[i]));
  }
  return binds;
}

Result<void> apply_mounts(int root, const std::vector<MountOp>& ops, std::span<UniqueFd> binds,
                          const CgroupView& view) {
  for (std::size_t i = 0; i < ops.size(); ++i) {
    UniqueFd bind = binds.empty() ? UniqueFd() : std::move(binds[i]);
    TRY_AS(place_of(ops[i]), apply(root, ops[i], std::move(bind), view));
  }
  return {};
}

Result<void> attach_given(int root, const std::vector<GivenMount>& mounts) {
  for (const GivenMount& mount : mounts) {
    TRY_AS(fmt::format("mount on '{}'", mount.destination), attach(root, mount.destination, mount.tree.get()));
  }
  return {};
}

Result<void> mask_paths(int root, const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  UniqueFd null = TRY(open_null_device());
  EmptyDirectory empty;
  std::set<std::string_view> done;
  for (const std::string& path : paths) {
    if (!done.insert(path).second) continue;
    std::string what = fmt::format("mask '{}'", path);
    auto target = TRY_AS(what, find_if_there(root, path));
    if (!target) continue;
    struct stat st = TRY(sys::stat(target->get()));
    TRY_AS(what, S_ISDIR(st.st_mode) ? empty.cover(target->get()) : cover_with(null.get(), target->get()));
  }
  return {};
}

Result<void> make_paths_read_only(int root, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::string what = fmt::format("make '{}' read-only", path);
    auto target = TRY_AS(what, find_if_there(root, path));
    if (target) TRY_AS(what, cover_read_only(target->get()));
  }
  return {};
}

}  // namespace aictr::runtime
