#include "images/tree_copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_copy.h"
#include "base/sys_xattr.h"
#include "images/clean_path.h"
#include "images/kept_xattr.h"

namespace aictr::images {
namespace {

constexpr const char* kCapability = "security.capability";

// What has just been made under a name, and nothing that has taken its place: by descriptor from here on.
Result<UniqueFd> take_made(int directory, const std::string& name, const struct stat& source) {
  UniqueFd made = TRY(sys::open(directory, name, O_PATH | O_NOFOLLOW));
  struct stat st = TRY(sys::stat(made.get()));
  if ((st.st_mode & S_IFMT) == (source.st_mode & S_IFMT) && st.st_nlink == 1) return made;
  return make_error(Kind::busy, fmt::format("'{}' was replaced while it was made", name));
}

Result<void> make_room(int directory, const std::string& name) {
  struct stat st = TRY(sys::stat(directory, name));
  if (!S_ISDIR(st.st_mode)) return sys::unlink(directory, name);
  return make_error(Kind::exists, fmt::format("cannot overwrite directory '{}' with non-directory", name));
}

// Makes something, once more when something was in the way.
template <class Make>
auto in_place(int directory, const std::string& name, Make make) -> decltype(make()) {
  auto made = make();
  if (made.ok() || made.error().code != EEXIST) return made;
  TRY(make_room(directory, name));
  return make();
}

std::string folder_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// The copy of a tree that is walked.
class CopyVisitor : public LiveVisitor {
 public:
  CopyVisitor(TreeCopier& copier, int directory, std::string name)
      : copier_(copier), top_(directory), name_(std::move(name)) {}

  Result<void> enter(const LiveEntry& directory) override {
    bool merges = directory.path.empty() && name_.empty();
    auto made = merges ? sys::duplicate(top_) : copier_.make_directory(current(), base_name(place_of(directory)));
    if (!made.ok()) return std::move(made).error();
    made_.push_back(std::move(made).value());
    return {};
  }

  Result<void> leave(const LiveEntry& directory) override {
    UniqueFd made = std::move(made_.back());
    made_.pop_back();
    if (directory.path.empty() && name_.empty()) return {};
    return copier_.finish_directory(directory, made.get());
  }

  Result<void> visit(const LiveEntry& other) override { return copier_.copy(other, current(), place_of(other)); }

 private:
  int current() const { return made_.empty() ? top_ : made_.back().get(); }
  std::string place_of(const LiveEntry& entry) const {
    if (entry.path.empty()) return name_;
    return name_.empty() ? entry.path : name_ + "/" + entry.path;
  }

  TreeCopier& copier_;
  int top_;
  std::string name_;
  std::vector<UniqueFd> made_;
};

}  // namespace

Owner TreeCopier::owner_of(const LiveEntry& entry) const {
  return options_.owner.value_or(Owner{entry.st.st_uid, entry.st.st_gid});
}

mode_t TreeCopier::mode_of(const LiveEntry& entry) const {
  return entry.st.st_mode & (options_.keep_privileges ? 07777U : 01777U);
}

Result<void> TreeCopier::copy(const LiveEntry& entry, int directory, const std::string& path) {
  if (TRY(link_to_first(entry, directory, path))) return {};
  std::string name = base_name(path);
  switch (entry.st.st_mode & S_IFMT) {
    case S_IFREG:
      return copy_file(entry, directory, name);
    case S_IFLNK:
      return copy_link(entry, directory, name);
    default:
      return copy_node(entry, directory, name);
  }
}

// The first name of an inode is the file, every later one a link to it.
Result<bool> TreeCopier::link_to_first(const LiveEntry& entry, int directory, const std::string& path) {
  if (entry.st.st_nlink < 2) return false;
  auto [first, added] = first_names_.try_emplace({entry.st.st_dev, entry.st.st_ino}, path);
  if (added) return false;
  // A path below a hostile top: a link put among its directories must not decide what is linked.
  auto folder = sys::open(top_, folder_of(first->second), O_PATH | O_DIRECTORY, 0, sys::Resolve::no_symlinks);
  if (!folder.ok()) return false;
  std::string from = base_name(first->second);
  std::string name = base_name(path);
  auto linked = in_place(directory, name, [&] { return sys::link(folder.value().get(), from, directory, name); });
  if (linked.ok()) return true;
  bool apart = linked.error().code == EXDEV || linked.error().code == ENOENT || linked.error().code == EMLINK;
  if (apart) return false;
  return std::move(linked).error();
}

Result<void> TreeCopier::copy_file(const LiveEntry& entry, int directory, const std::string& name) {
  UniqueFd from = TRY(sys::reopen(entry.fd.get(), kReadLive));
  UniqueFd to = TRY(in_place(
      directory, name, [&] { return sys::open(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600); }));
  copied_.bytes += TRY(sys::copy_sparse(from.get(), to.get(), entry.st.st_size));
  return finish(entry, from.get(), to.get());
}

Result<void> TreeCopier::copy_link(const LiveEntry& entry, int directory, const std::string& name) {
  std::string target = TRY(sys::readlink(entry.fd.get(), ""));
  TRY(in_place(directory, name, [&] { return sys::symlink(target, directory, name); }));
  UniqueFd made = TRY(take_made(directory, name, entry.st));
  Owner owner = owner_of(entry);
  TRY(sys::chown(made.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH));
  return sys::set_times(directory, name, entry.st.st_atim, entry.st.st_mtim);
}

Result<void> TreeCopier::copy_node(const LiveEntry& entry, int directory, const std::string& name) {
  if (!S_ISFIFO(entry.st.st_mode) && !options_.keep_privileges) {
    ++copied_.left_out;
    return {};
  }
  mode_t type = entry.st.st_mode & S_IFMT;
  TRY(in_place(directory, name, [&] { return sys::mknod(directory, name, type, entry.st.st_rdev); }));
  UniqueFd made = TRY(take_made(directory, name, entry.st));
  Owner owner = owner_of(entry);
  TRY(sys::chown(made.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH));
  TRY(sys::chmod_at(AT_FDCWD, fmt::format("/proc/self/fd/{}", made.get()), mode_of(entry)));
  return sys::set_times(directory, name, entry.st.st_atim, entry.st.st_mtim);
}

// In an order in which nothing undoes what is already there: chown(2) takes setuid bits and capabilities away.
Result<void> TreeCopier::finish(const LiveEntry& entry, int from, int to) {
  Owner owner = owner_of(entry);
  TRY(sys::chown(to, "", owner.uid, owner.gid, AT_EMPTY_PATH));
  TRY(sys::chmod(to, mode_of(entry)));
  for (const std::string& name : TRY(sys::list_xattrs(from))) {
    if (!is_kept_xattr(name) || (name == kCapability && !options_.keep_privileges)) continue;
    std::string value = TRY(sys::get_xattr(from, name));
    auto set = sys::set_xattr(to, name, value);
    if (!set.ok() && set.error().code != EOPNOTSUPP) return set;  // another file system, which has none
  }
  return sys::set_times(to, "", entry.st.st_atim, entry.st.st_mtim, AT_EMPTY_PATH);
}

Result<UniqueFd> TreeCopier::make_directory(int directory, const std::string& name) {
  auto made = sys::mkdir(directory, name, 0700);
  if (!made.ok() && made.error().code != EEXIST) return std::move(made).error();
  auto folder = sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (folder.ok() || (folder.error().code != ENOTDIR && folder.error().code != ELOOP)) return folder;
  return make_error(Kind::exists, fmt::format("cannot overwrite non-directory '{}' with directory", name));
}

Result<void> TreeCopier::finish_directory(const LiveEntry& entry, int copy) {
  return finish(entry, entry.fd.get(), copy);
}

Result<TreeCopied> copy_tree(LiveEntry source, int directory, const std::string& name, const TreeCopyOptions& options) {
  TreeCopier copier(directory, options);
  CopyVisitor visitor(copier, directory, name);
  TRY(walk_live_tree(std::move(source), visitor));
  return copier.copied();
}

}  // namespace aictr::images
