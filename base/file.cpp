#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <fmt/core.h>

#include "base/random.h"
#include "base/scope.h"
#include "base/sys.h"

namespace aictr {
namespace {

constexpr std::string_view kUnfinished = ".tmp";
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

std::string parent_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::vector<std::string>> names_in(int dir) {
  std::vector<std::string> names;
  for (DirectoryEntry& entry : TRY(list_entries(dir))) names.push_back(std::move(entry.name));
  return names;
}

template <class T>
bool is_gone(const Result<T>& result) {
  return !result.ok() && result.error().kind == Kind::not_found;
}

// A bind mount may show a directory of the user, on the same device even; nothing in it is ours to remove.
Result<void> refuse_mount(int directory, const std::string& name) {
  if (!TRY(sys::is_mount_root(directory))) return {};
  return make_error(Kind::busy, fmt::format("something is mounted on '{}'", name), "unmount it first");
}

// Removes one directory with everything below it. A container can nest directories deeper than a process may have
// descriptors open, so what lies too deep is moved up into the tree's top and removed from there.
class TreeRemoval {
 public:
  explicit TreeRemoval(int top) : top_(top) {}

  Result<void> run() {
    do {
      moved_ = false;
      TRY(remove_children(top_, 0));
    } while (moved_);
    return {};
  }

 private:
  static constexpr int kMaxDepth = 64;

  Result<void> remove_children(int dir, int depth) {
    auto names = names_in(dir);
    if (is_gone(names)) return {};
    for (const std::string& name : TRY(std::move(names))) TRY(remove_child(dir, name, depth));
    return {};
  }

  Result<void> remove_child(int dir, const std::string& name, int depth) {
    if (::unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return sys_error(fmt::format("remove '{}'", name));
    auto child = sys::open(dir, name, kDirectory);
    if (is_gone(child)) return {};
    UniqueFd fd = TRY(std::move(child));
    TRY(refuse_mount(fd.get(), name));
    if (depth == kMaxDepth) return move_up(dir, name);
    TRY(remove_children(fd.get(), depth + 1));
    return unless_gone(sys::unlink(dir, name, AT_REMOVEDIR));
  }

  Result<void> move_up(int dir, const std::string& name) {
    moved_ = true;
    return sys::rename(dir, name, top_, TRY(random_hex(32)));
  }

  int top_;
  bool moved_ = false;
};

}  // namespace

Result<void> unless_gone(Result<void> result) {
  if (is_gone(result)) return {};
  return result;
}

Result<std::string> read_file(int dir, const std::string& path, std::size_t limit) {
  UniqueFd fd = TRY(sys::open(dir, path, O_RDONLY));
  return TRY_AS(fmt::format("read '{}'", path), sys::read_to_end(fd.get(), limit));
}

Result<void> write_file(int dir, const std::string& path, std::string_view data, mode_t mode, Durability durability) {
  std::string temporary = fmt::format("{}.{}{}", path, TRY(random_hex(8)), kUnfinished);
  UniqueFd fd = TRY(sys::open(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, mode));
  Defer cleanup([&] { ::unlinkat(dir, temporary.c_str(), 0); });
  TRY_AS(fmt::format("write '{}'", path), sys::write_all(fd.get(), data));
  if (durability == Durability::durable) TRY_AS(fmt::format("write '{}'", path), sys::sync(fd.get()));
  TRY(sys::rename(dir, temporary, dir, path));
  cleanup.dismiss();
  if (durability == Durability::durable) TRY_AS(fmt::format("write '{}'", path), sync_directory(dir, parent_of(path)));
  return {};
}

Result<void> remove_unfinished_files(int dir, const std::string& path) {
  UniqueFd directory = TRY(open_directory(dir, path));
  for (const std::string& name : TRY(names_in(directory.get()))) {
    if (name.ends_with(kUnfinished)) TRY(unless_gone(sys::unlink(directory.get(), name)));
  }
  return {};
}

Result<void> write_existing(int dir, const std::string& path, std::string_view data) {
  UniqueFd fd = TRY(sys::open(dir, path, O_WRONLY));
  ssize_t n = ::write(fd.get(), data.data(), data.size());
  if (n == static_cast<ssize_t>(data.size())) return {};
  if (n >= 0) errno = EIO;
  return sys_error(fmt::format("write '{}' to '{}'", data, path));
}

Result<void> make_directories(int dir, const std::string& path, mode_t mode) {
  if (::mkdirat(dir, path.c_str(), mode) == 0) return {};
  if (errno == EEXIST) {
    struct stat st = TRY(sys::stat(dir, path, 0));
    if (S_ISDIR(st.st_mode)) return {};
    return make_error(Kind::exists, fmt::format("'{}' is in the way: it is not a directory", path));
  }
  std::string parent = parent_of(path);
  if (errno != ENOENT || parent == path) return sys_error(fmt::format("make directory '{}'", path));
  TRY(make_directories(dir, parent, mode));
  if (::mkdirat(dir, path.c_str(), mode) == 0 || errno == EEXIST) return {};
  return sys_error(fmt::format("make directory '{}'", path));
}

Result<UniqueFd> open_directory(int dir, const std::string& path) {
  return sys::open(dir, path, O_RDONLY | O_DIRECTORY);
}

Result<void> sync_directory(int dir, const std::string& path) {
  UniqueFd directory = TRY(open_directory(dir, path));
  return sys::sync(directory.get());
}

Result<UniqueFd> make_and_open_directory(int dir, const std::string& path, mode_t mode) {
  TRY(make_directories(dir, path, mode));
  return open_directory(dir, path);
}

Result<void> remove_tree(int dir, const std::string& path) {
  if (::unlinkat(dir, path.c_str(), 0) == 0 || errno == ENOENT) return {};
  std::string what = fmt::format("remove '{}'", path);
  if (errno != EISDIR && errno != EPERM) return sys_error(what);
  auto opened = sys::open(dir, path, kDirectory);
  if (is_gone(opened)) return {};
  UniqueFd top = TRY_AS(what, std::move(opened));
  TRY_AS(what, refuse_mount(top.get(), path));
  TRY_AS(what, TreeRemoval(top.get()).run());
  return unless_gone(sys::unlink(dir, path, AT_REMOVEDIR));
}

Result<std::vector<DirectoryEntry>> list_entries(int dir) {
  int copy = ::fcntl(dir, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return sys_error("list directory");
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), ::closedir);
  if (!stream) {
    Error error = sys_error("list directory");
    UniqueFd closes(copy);
    return error;
  }
  ::rewinddir(stream.get());
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return sys_error("list directory");
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name != "." && name != "..") entries.push_back({std::move(name), entry->d_type});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<std::vector<std::string>> list_directory(int dir, const std::string& path) {
  UniqueFd fd = TRY(sys::open(dir, path, O_RDONLY | O_DIRECTORY));
  return TRY_AS(fmt::format("list '{}'", path), names_in(fd.get()));
}

}  // namespace aictr
