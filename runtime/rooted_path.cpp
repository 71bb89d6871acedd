#include "runtime/rooted_path.h"

#include <fcntl.h>

#include <cerrno>

#include <fmt/core.h>

#include "base/sys.h"

namespace aictr::runtime {
namespace {

constexpr int kMostLinks = 40;  // as many as the kernel follows

enum class Make { directory, file };

Result<void> make_entry(int parent, const std::string& name, Make what, mode_t mode) {
  if (what == Make::directory) return sys::mkdir(parent, name, mode);
  TRY(sys::open(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  return {};
}

// Where the link `name` in the directory `path` leads, as a path of the container.
Result<std::string> follow(int parent, const SplitPath& at) {
  auto target = sys::readlink(parent, at.name);
  if (!target.ok()) return make_error(Kind::exists, "something else is in the way");
  if (target.value().starts_with('/')) return std::move(target).value();
  return at.parent + "/" + target.value();
}

Result<UniqueFd> make(int root, const std::string& path, Make what, mode_t mode, int links) {
  int wanted = what == Make::directory ? O_DIRECTORY : 0;
  auto there = find_in_root(root, path, wanted);
  if (there.ok() || there.error().code != ENOENT) return there;
  SplitPath at = split_path(path);
  UniqueFd parent = TRY(make(root, at.parent, Make::directory, 0755, links));
  auto made = make_entry(parent.get(), at.name, what, mode);
  if (made.ok()) return sys::open(parent.get(), at.name, O_PATH | O_NOFOLLOW | wanted);
  if (made.error().code != EEXIST) return std::move(made).error();
  if (links == 0) return sys_error(fmt::format("make '{}'", path), ELOOP);
  return make(root, TRY(follow(parent.get(), at)), what, mode, links - 1);
}

}  // namespace

Result<UniqueFd> find_in_root(int root, const std::string& path, int flags) {
  return sys::open(root, path, O_PATH | flags, 0, sys::Resolve::in_root);
}

Result<UniqueFd> make_directory_in_root(int root, const std::string& path, mode_t mode) {
  return TRY_AS(fmt::format("make '{}' in the container", path), make(root, path, Make::directory, mode, kMostLinks));
}

Result<UniqueFd> make_file_in_root(int root, const std::string& path, mode_t mode) {
  return TRY_AS(fmt::format("make '{}' in the container", path), make(root, path, Make::file, mode, kMostLinks));
}

SplitPath split_path(const std::string& path) {
  auto end = path.find_last_not_of('/');
  if (end == std::string::npos) return {"/", "."};
  auto slash = path.rfind('/', end);
  if (slash == std::string::npos) return {"/", path.substr(0, end + 1)};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1, end - slash)};
}

}  // namespace aictr::runtime
