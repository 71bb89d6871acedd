#include "images/upper_directory.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/clean_path.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr std::array kMountPoints = {"etc/resolv.conf", "etc/hosts", "etc/hostname", "dev", "proc", "sys"};

std::optional<struct stat> stat_in_root(int root, const std::string& path) {
  // No link is followed: a link is something that the image has.
  auto fd = sys::open(root, path, O_PATH | O_NOFOLLOW, 0, sys::Resolve::no_symlinks);
  if (!fd.ok()) return std::nullopt;
  auto st = sys::stat(fd.value().get());
  if (!st.ok()) return std::nullopt;
  return st.value();
}

// Where a mount on `path` really comes to lie: links of directories on the way are followed inside of the root. As it
// is written when there is nothing on the way yet.
std::string real_path(int root, const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return path;
  auto folder = sys::open(root, path.substr(0, slash), O_PATH | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (!folder.ok()) return real_path(root, path.substr(0, slash)) + path.substr(slash);
  auto top = sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", root));
  auto real = sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", folder.value().get()));
  if (!top.ok() || !real.ok()) return path;
  std::string below = top.value() == "/" ? real.value() : real.value().substr(top.value().size());
  return path_below_root(below + path.substr(slash));
}

std::size_t depth(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

bool is_later(const timespec& time, std::int64_t epoch) {
  return time.tv_sec > epoch || (time.tv_sec == epoch && time.tv_nsec > 0);
}

}  // namespace

MountPoints::MountPoints(int root, std::span<const std::string> more) {
  std::vector<std::string> points(kMountPoints.begin(), kMountPoints.end());
  for (const std::string& target : more) points.push_back(real_path(root, path_below_root(target)));
  std::set<std::string> missing;
  std::map<std::string, struct stat> parents;
  for (std::string path : points) {
    for (std::size_t slash = 0; !path.empty(); path.resize(slash == std::string::npos ? 0 : slash)) {
      auto st = stat_in_root(root, path);
      if (!st) missing.insert(path);
      if (st && S_ISDIR(st->st_mode)) parents.emplace(path, *st);
      slash = path.rfind('/');
    }
  }
  auto deeper = [](const auto& a, const auto& b) { return depth(a) > depth(b); };
  missing_.assign(missing.begin(), missing.end());
  std::ranges::stable_sort(missing_, deeper);
  for (const auto& [path, before] : parents) parents_.push_back({path, before});
  std::ranges::stable_sort(parents_, deeper, &Directory::path);
}

Result<void> MountPoints::remove_new(int root) const {
  for (const std::string& path : missing_) {
    auto st = stat_in_root(root, path);
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
  for (const Directory& parent : parents_) {
    auto st = stat_in_root(upper, parent.path);
    if (!st || !S_ISDIR(st->st_mode)) continue;
    const struct stat& before = parent.before;
    if (st->st_mode != before.st_mode || st->st_uid != before.st_uid || st->st_gid != before.st_gid) continue;
    // Whiteouts are entries too, so an empty directory hides nothing of the layers below unless it is opaque.
    UniqueFd directory = TRY(sys::open(upper, parent.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (sys::get_xattr(directory.get(), overlay_xattr("opaque")).ok()) continue;
    auto removed = sys::unlink(upper, parent.path, AT_REMOVEDIR);
    if (!removed.ok() && removed.error().code != ENOTEMPTY) return removed;
  }
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
