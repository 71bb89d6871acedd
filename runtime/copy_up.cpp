#include "runtime/copy_up.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <map>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_copy.h"
#include "base/sys_xattr.h"

namespace aictr::runtime {
namespace {

// The others belong to the machine, such as SELinux labels, or to overlayfs.
bool is_copied(std::string_view name) {
  if (name.starts_with("user.overlay.")) return false;
  return name.starts_with("user.") || name == "security.capability" || name.starts_with("system.posix_acl_");
}

// Where the file system of `to` has no attributes of a kind, the files do without, as with `cp --preserve`.
Result<void> copy_xattrs(int from, int to) {
  for (const std::string& name : TRY(sys::list_xattrs(from))) {
    if (!is_copied(name)) continue;
    auto set = sys::set_xattr(to, name, TRY(sys::get_xattr(from, name)));
    if (!set.ok() && set.error().code != EOPNOTSUPP && set.error().code != EPERM) return set;
  }
  return {};
}

class Copy {
 public:
  explicit Copy(int to) : to_(to) {}

  // `inside` is where we are below the top, with a slash behind it unless empty.
  Result<void> directory(int from, int to, const std::string& inside) {
    for (const std::string& name : TRY(list_directory(from)))
      TRY_AS(fmt::format("copy '{}'", name), entry(from, to, name, inside));
    return {};
  }

 private:
  Result<void> entry(int from, int to, const std::string& name, const std::string& inside) {
    struct stat st = TRY(sys::stat(from, name));
    if (S_ISDIR(st.st_mode)) return below(from, to, name, inside, st);
    if (S_ISLNK(st.st_mode)) return link(from, to, name, st);
    if (!S_ISREG(st.st_mode)) return {};
    if (st.st_nlink > 1) {
      auto [first, is_new] = names_.try_emplace({st.st_dev, st.st_ino}, inside + name);
      if (!is_new) return sys::link(to_, first->second, to, name);
    }
    return file(from, to, name, st);
  }

  static Result<void> file(int from, int to, const std::string& name, const struct stat& st) {
    UniqueFd source = TRY(sys::open(from, name, O_RDONLY | O_NOFOLLOW));
    UniqueFd target = TRY(sys::open(to, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
    TRY(sys::copy_contents(source.get(), target.get()));
    TRY(copy_attributes(source.get(), target.get()));
    return sys::set_times(to, name, st.st_atim, st.st_mtim);
  }

  // Attributes after the content: filling a directory moves its time.
  Result<void> below(int from, int to, const std::string& name, const std::string& inside, const struct stat& st) {
    UniqueFd source = TRY(sys::open(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(sys::mkdir(to, name, 0700));
    UniqueFd target = TRY(sys::open(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(directory(source.get(), target.get(), inside + name + "/"));
    TRY(copy_attributes(source.get(), target.get()));
    return sys::set_times(to, name, st.st_atim, st.st_mtim);
  }

  static Result<void> link(int from, int to, const std::string& name, const struct stat& st) {
    std::string target = TRY(sys::readlink(from, name));
    TRY(sys::symlink(target, to, name));
    TRY(sys::chown(to, name, st.st_uid, st.st_gid));
    return sys::set_times(to, name, st.st_atim, st.st_mtim);
  }

  int to_;
  std::map<std::pair<dev_t, ino_t>, std::string> names_;  // the first name of a file that has several
};

}  // namespace

// A change of owner takes setuid and file capabilities away, so the owner comes first.
Result<void> copy_attributes(int from, int to) {
  struct stat st = TRY(sys::stat(from));
  TRY(sys::chown(to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH));
  TRY(sys::chmod(to, st.st_mode & 07777));
  return copy_xattrs(from, to);
}

Result<void> copy_up(int from, int to) {
  return Copy(to).directory(from, to, "");
}

}  // namespace aictr::runtime
