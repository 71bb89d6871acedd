#include "images/root_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "images/clean_path.h"

namespace aictr::images {
namespace {

constexpr int kMaxLinks = 40;  // as many as the kernel follows

std::string folder_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

// A link's target as a path from the root. Not cleaned: ".." behind a link is the kernel's to resolve.
std::string target_path(const std::string& folder, const std::string& target) {
  return target.starts_with('/') ? target : folder + "/" + target;
}

Error in_the_way(const std::string& path) {
  return make_error(Kind::exists, fmt::format("'{}' is not a directory", path));
}

class Maker {
 public:
  Maker(int root, const DirectoryAttributes& missing) : root_(root), missing_(missing) {}

  Result<UniqueFd> open(const std::string& path) {
    auto there = sys::open(root_, path, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
    if (there.ok()) return there;
    if (there.error().code == ENOTDIR) return in_the_way(path);
    if (there.error().code != ENOENT) return there;
    if (++links_ > kMaxLinks * 8) return make_error(Kind::usage, fmt::format("'{}' leads nowhere", path));
    std::string name = base_name(path);
    UniqueFd parent = TRY(open(folder_of(path)));
    if (name.empty() || name == "." || name == "..") return open(folder_of(path));
    auto fresh = sys::mkdir(parent.get(), name, 0700);
    if (fresh.ok()) return made(parent.get(), name);
    if (fresh.error().code != EEXIST) return std::move(fresh).error();
    // What is there and cannot be opened is a link that dangles.
    return open(target_path(folder_of(path), TRY(sys::readlink(parent.get(), name))));
  }

 private:
  Result<UniqueFd> made(int parent, const std::string& name) {
    UniqueFd directory = TRY(sys::open(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(sys::chown(directory.get(), "", missing_.uid, missing_.gid, AT_EMPTY_PATH));
    TRY(sys::chmod(directory.get(), missing_.mode));
    return directory;
  }

  int root_;
  const DirectoryAttributes& missing_;
  int links_ = 0;
};

}  // namespace

Result<UniqueFd> open_in_root(int root, const std::string& path, const DirectoryAttributes& missing) {
  return Maker(root, missing).open(path);
}

Result<DirectoryPlace> place_in_root(int root, const std::string& path, const DirectoryAttributes& missing) {
  std::string at = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    DirectoryPlace place{TRY(open_in_root(root, folder_of(at), missing)), base_name(at)};
    auto st = sys::stat(place.directory.get(), place.name);
    if (!st.ok() || !S_ISLNK(st.value().st_mode)) return place;
    at = target_path(folder_of(at), TRY(sys::readlink(place.directory.get(), place.name)));
  }
  return make_error(Kind::usage, fmt::format("'{}' is a link that leads in a circle", path));
}

}  // namespace aictr::images
