#include "cli/chown_tree.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::cli {
namespace {

class Giving {
 public:
  Giving(uid_t uid, gid_t gid, dev_t device) : uid_(uid), gid_(gid), device_(device) {}

  Result<void> give(int dir, const std::string& name, const struct stat& st) const {
    if (st.st_uid == uid_ && st.st_gid == gid_) return {};
    TRY(sys::chown(dir, name, uid_, gid_));
    if (S_ISLNK(st.st_mode) || (st.st_mode & (S_ISUID | S_ISGID)) == 0) return {};
    // The change took setuid and setgid away.
    UniqueFd fd = TRY(sys::open(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    return sys::chmod(fd.get(), st.st_mode & 07777);
  }

  Result<void> below(int directory) const {
    for (const std::string& name : TRY(list_directory(directory))) {
      auto st = sys::stat(directory, name);
      if (!st.ok() && st.error().kind == Kind::not_found) continue;  // somebody removed it
      struct stat found = TRY(std::move(st));
      TRY_AS(fmt::format("give '{}' to {}:{}", name, uid_, gid_), entry(directory, name, found));
    }
    return {};
  }

 private:
  Result<void> entry(int directory, const std::string& name, const struct stat& st) const {
    if (st.st_dev != device_) return {};
    TRY(give(directory, name, st));
    if (!S_ISDIR(st.st_mode)) return {};
    UniqueFd child = TRY(sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return below(child.get());
  }

  uid_t uid_;
  gid_t gid_;
  dev_t device_;
};

}  // namespace

Result<void> chown_tree(const std::string& path, uid_t uid, gid_t gid) {
  struct stat top = TRY(sys::stat(AT_FDCWD, path, 0));
  Giving giving(uid, gid, top.st_dev);
  if (!S_ISDIR(top.st_mode)) return giving.give(AT_FDCWD, path, top);
  UniqueFd directory = TRY(open_directory(AT_FDCWD, path));
  TRY(giving.below(directory.get()));
  return sys::chown(directory.get(), "", uid, gid, AT_EMPTY_PATH);
}

}  // namespace aictr::cli
