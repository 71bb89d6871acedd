#include "images/upper_directory.h"

#include <fcntl.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

// What is inside of another comes first, so that both can go.
constexpr std::array kMountPoints = {"etc/resolv.conf", "etc/hosts", "etc/hostname", "etc", "dev", "proc", "sys"};

std::optional<struct stat> stat_in_root(int root, const char* path) {
  // No link is followed: a link is something that the image has.
  auto fd = sys::open(root, path, O_PATH | O_NOFOLLOW, 0, sys::Resolve::no_symlinks);
  if (!fd.ok()) return std::nullopt;
  auto st = sys::stat(fd.value().get());
  if (!st.ok()) return std::nullopt;
  return st.value();
}

bool is_later(const timespec& time, std::int64_t epoch) {
  return time.tv_sec > epoch || (time.tv_sec == epoch && time.tv_nsec > 0);
}

}  // namespace

MountPoints::MountPoints(int root) : etc_(stat_in_root(root, "etc")) {
  for (const char* path : kMountPoints) {
    if (!stat_in_root(root, path)) missing_.emplace_back(path);
  }
}

Result<void> MountPoints::remove_new(int root) const {
  for (const std::string& path : missing_) {
    auto st = stat_in_root(root, path.c_str());
    if (!st) continue;
    if (S_ISDIR(st->st_mode)) {
      auto removed = sys::unlink(root, path, AT_REMOVEDIR);
      if (!removed.ok() && removed.error().code != ENOTEMPTY) return removed;
    } else if (S_ISREG(st->st_mode) && st->st_size == 0) {
      TRY(sys::unlink(root, path));
    }
  }
  return {};
}

Result<void> MountPoints::remove_touched(int upper) const {
  if (!etc_) return {};
  auto st = stat_in_root(upper, "etc");
  if (!st || !S_ISDIR(st->st_mode)) return {};
  if (st->st_mode != etc_->st_mode || st->st_uid != etc_->st_uid || st->st_gid != etc_->st_gid) return {};
  // Whiteouts are entries too, so an empty directory hides nothing of the layers below unless it is opaque.
  UniqueFd etc = TRY(sys::open(upper, "etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (sys::get_xattr(etc.get(), overlay_xattr("opaque")).ok()) return {};
  auto removed = sys::unlink(upper, "etc", AT_REMOVEDIR);
  if (!removed.ok() && removed.error().code != ENOTEMPTY) return removed;
  return {};
}

Result<void> clamp_times(int tree, std::int64_t epoch) {
  for (const std::string& name : TRY(list_directory(tree))) {
    struct stat st = TRY(sys::stat(tree, name));
    if (S_ISDIR(st.st_mode)) {
      UniqueFd child = TRY(sys::open(tree, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      TRY(clamp_times(child.get(), epoch));
    }
    if (is_later(st.st_mtim, epoch)) TRY(sys::set_times(tree, name, st.st_atim, {epoch, 0}));
  }
  return {};
}

}  // namespace aictr::images
