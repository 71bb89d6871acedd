#include "hooks/under_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

// Overlayfs shows a directory with the attributes of its highest layer, and copies them up from there.
Result<void> copy_attributes(int from, int to) {
  struct stat st = TRY(sys::stat(from));
  TRY(sys::chown(to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH));
  TRY(sys::chmod(to, st.st_mode & 07777));
  UniqueFd readable = TRY(sys::reopen(from, O_RDONLY | O_DIRECTORY));
  for (const std::string& name : TRY(sys::list_xattrs(readable.get()))) {
    if (name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.")) continue;
    std::string value = TRY(sys::get_xattr(readable.get(), name));
    TRY(sys::set_xattr(to, name, value));
  }
  return {};
}

Result<void> copy_times(int from, int tree, const std::string& path) {
  struct stat st = TRY(sys::stat(from));
  return sys::set_times(tree, path, st.st_atim, st.st_mtim);
}

Result<UniqueFd> open_below(int root, const std::string& directory, int flags) {
  return sys::open(root, directory.empty() ? "." : directory.substr(1), flags | O_DIRECTORY, 0, sys::Resolve::in_root);
}

}  // namespace

Result<UnderTree> UnderTree::begin(int root, const std::string& directory) {
  TRY(make_directories(AT_FDCWD, directory, 0755));
  UnderTree tree(root, TRY(open_directory(AT_FDCWD, directory)));
  UniqueFd top = TRY(sys::open(root, ".", O_PATH | O_DIRECTORY));
  TRY(copy_attributes(top.get(), tree.tree_.get()));
  return tree;
}

// The kernel walks the path, and tells where it has come to.
Result<std::string> UnderTree::real_directory(const std::string& path) {
  UniqueFd found = TRY(open_below(root_, path, O_PATH));
  std::string top = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", root_)));
  std::string real = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", found.get())));
  if (top != "/" && real.starts_with(top)) real.erase(0, top.size());
  if (real == "/") real.clear();
  // A path that cannot be told as text would be walked differently: what it names must be what was found.
  UniqueFd again = TRY(open_below(root_, real, O_PATH | O_NOFOLLOW));
  struct stat a = TRY(sys::stat(found.get()));
  struct stat b = TRY(sys::stat(again.get()));
  if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) return real;
  return make_error(Kind::corrupt, fmt::format("'{}' of the image cannot be found again", one_line(path)));
}

Result<UnderTree::Place> UnderTree::place(const std::string& path) {
  std::string directory;
  std::vector<std::string> parts = split(path.substr(1), '/');
  std::string name = std::move(parts.back());
  parts.pop_back();
  bool missing = false;
  for (const std::string& part : parts) {
    std::string next = fmt::format("{}/{}", directory, part);
    auto real = missing ? Result<std::string>(next) : real_directory(next);
    if (!real.ok() && real.error().code == ENOENT) {
      missing = true;
    } else if (!real.ok() && real.error().code == ENOTDIR) {
      return make_error(Kind::usage, fmt::format("the image has a file at '{}', where a directory must be", next));
    } else if (!real.ok() && real.error().code == ELOOP) {
      return make_error(Kind::usage, fmt::format("the links at '{}' of the image lead in a circle", next));
    } else if (!real.ok()) {
      return std::move(real).error();
    }
    directory = missing ? next : std::move(real).value();
    TRY(make(directory));
  }
  return Place{std::move(directory), std::move(name)};
}

// One directory and those above it, which are real ones.
Result<void> UnderTree::make(const std::string& directory) {
  if (directory.empty() || std::ranges::find(made_, directory) != made_.end()) return {};
  TRY(make(directory.substr(0, directory.rfind('/'))));
  std::string below = directory.substr(1);
  TRY(sys::mkdir(tree_.get(), below, 0755));
  made_.push_back(directory);
  UniqueFd copy = TRY(sys::open(tree_.get(), below, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::no_symlinks));
  auto original = open_below(root_, directory, O_PATH | O_NOFOLLOW);
  if (!original.ok()) return sys::chmod(copy.get(), 0755);
  TRY(copy_attributes(original.value().get(), copy.get()));
  return copy_times(original.value().get(), tree_.get(), below);
}

Result<std::string> UnderTree::add_file(const std::string& path, std::string_view content, mode_t mode) {
  Place where = TRY(place(path));
  std::string real = fmt::format("{}/{}", where.directory, where.name);
  UniqueFd file =
      TRY(sys::open(tree_.get(), real.substr(1), O_WRONLY | O_CREAT | O_EXCL, mode, sys::Resolve::no_symlinks));
  if (!content.empty()) TRY(sys::write_all(file.get(), content));
  TRY(sys::chmod(file.get(), mode));
  return real;
}

Result<std::string> UnderTree::add_directory(const std::string& path) {
  Place where = TRY(place(path + "/."));
  return where.directory;
}

Result<std::string> UnderTree::add_link(const std::string& path, const std::string& target) {
  Place where = TRY(place(path));
  std::string real = fmt::format("{}/{}", where.directory, where.name);
  TRY(sys::symlink(target, tree_.get(), real.substr(1)));
  return real;
}

}  // namespace aictr::hooks
