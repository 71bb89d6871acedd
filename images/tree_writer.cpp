#include "images/tree_writer.h"

#include <fcntl.h>

#include <climits>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "base/text.h"
#include "images/kept_xattr.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr int kMostLinks = 40;  // as the kernel's own limit
constexpr std::size_t kLongestPath = PATH_MAX - 1;
constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// A directory of the layer. A path that is longer than the kernel takes is opened in steps; what follows the first must
// stay below it, as links and ".." would be looked up in another root than the layer's.
Result<UniqueFd> open_inside(int root, std::string path, int flags = 0) {
  flags |= O_PATH | O_DIRECTORY;
  sys::Resolve resolve = sys::Resolve::in_root;
  UniqueFd reached;
  while (path.size() > kLongestPath) {
    std::size_t slash = path.rfind('/', kLongestPath);
    if (slash == std::string::npos) break;
    UniqueFd next =
        TRY(sys::open(reached ? reached.get() : root, path.substr(0, slash), O_PATH | O_DIRECTORY, 0, resolve));
    reached = std::move(next);
    resolve = sys::Resolve::beneath;
    path.erase(0, slash + 1);
  }
  return sys::open(reached ? reached.get() : root, path, flags, 0, resolve);
}

timespec seconds(std::int64_t count) {
  return {static_cast<time_t>(count), 0};
}

mode_t node_type(TarType type) {
  switch (type) {
    case TarType::character_device:
      return S_IFCHR;
    case TarType::block_device:
      return S_IFBLK;
    default:
      return S_IFIFO;
  }
}

// Without user.* on this file system a layer still works, as it does for the container engines' others.
Result<void> set_xattrs(int fd, const TarEntry& entry) {
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_kept_xattr(name)) continue;
    auto set = sys::set_xattr(fd, name, value);
    bool optional = name.starts_with("user.") && !set.ok() && set.error().code == EOPNOTSUPP;
    if (!optional) TRY(std::move(set));
  }
  return {};
}

// In this order: a change of owner clears setuid and file capabilities.
Result<void> set_attributes(int fd, const TarEntry& entry) {
  TRY(sys::chown(fd, "", entry.uid, entry.gid, AT_EMPTY_PATH));
  TRY(set_xattrs(fd, entry));
  return sys::chmod(fd, entry.mode);
}

bool is_whiteout_at(int dir, const std::string& name) {
  auto st = sys::stat(dir, name);
  return st.ok() && is_whiteout(st.value());
}

Result<void> set_opaque(int dir, const std::string& name) {
  UniqueFd fd = TRY(sys::open(dir, name, kOpenDirectory));
  return sys::set_xattr(fd.get(), overlay_xattr("opaque"), "y");
}

}  // namespace

Result<void> TreeWriter::add(const TarEntry& entry, const WriteContent& write_content) {
  LayerPath path = TRY(LayerPath::parse(entry.path));
  if (path.is_root()) return add_root(entry);
  if (whiteouts_ == Whiteouts::apply && path.name.starts_with(kWhiteoutPrefix)) return make_whiteout(path);
  return make(TRY(parent_of(path)), path, entry, write_content);
}

Result<void> TreeWriter::finish() {
  for (const DirectoryTime& time : times_) {
    auto directory = open_inside(root_, time.path, O_NOFOLLOW);
    if (!directory.ok()) continue;  // a later entry has replaced it
    TRY(sys::set_times(directory.value().get(), "", seconds(time.mtime), seconds(time.mtime), AT_EMPTY_PATH));
  }
  return {};
}

Result<void> TreeWriter::add_root(const TarEntry& entry) {
  if (entry.type != TarType::directory) return make_error(Kind::corrupt, "the root of a layer is a directory");
  times_.push_back({".", entry.mtime});
  return set_attributes(root_, entry);
}

Result<void> TreeWriter::make(int parent, const LayerPath& path, const TarEntry& entry,
                              const WriteContent& write_content) {
  switch (entry.type) {
    case TarType::file:
      return make_file(parent, path.name, entry, write_content);
    case TarType::directory:
      return make_directory(parent, path, entry);
    case TarType::hard_link:
      return make_hard_link(parent, path.name, entry);
    default:
      return make_node(parent, path.name, entry);
  }
}

Result<void> TreeWriter::make_file(int parent, const std::string& name, const TarEntry& entry,
                                   const WriteContent& write_content) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto created = sys::open(parent, name, kFlags, 0600);
  if (!created.ok() && created.error().kind == Kind::exists) {
    TRY(make_room(parent, name));
    created = sys::open(parent, name, kFlags, 0600);
  }
  UniqueFd fd = TRY(std::move(created));
  TRY(write_content(fd.get()));
  TRY(set_attributes(fd.get(), entry));
  return sys::set_times(fd.get(), "", seconds(entry.mtime), seconds(entry.mtime), AT_EMPTY_PATH);
}

Result<void> TreeWriter::make_directory(int parent, const LayerPath& path, const TarEntry& entry) {
  auto made = sys::mkdir(parent, path.name, 0700);
  if (!made.ok() && made.error().kind == Kind::exists) {
    struct stat st = TRY(sys::stat(parent, path.name));
    if (!S_ISDIR(st.st_mode)) {
      bool hides = whiteouts_ == Whiteouts::apply && is_whiteout(st);
      TRY(make_room(parent, path.name));
      TRY(sys::mkdir(parent, path.name, 0700));
      if (hides) TRY(set_opaque(parent, path.name));
    }
  } else {
    TRY(std::move(made));
  }
  UniqueFd fd = TRY(sys::open(parent, path.name, kOpenDirectory));
  times_.push_back({path.text(), entry.mtime});
  return set_attributes(fd.get(), entry);
}

Result<void> TreeWriter::make_node(int parent, const std::string& name, const TarEntry& entry) {
  auto create = [&] {
    if (entry.type == TarType::symbolic_link) return sys::symlink(entry.link, parent, name);
    return sys::mknod(parent, name, node_type(entry.type) | (entry.mode & 07777), entry.device);
  };
  auto created = create();
  if (!created.ok() && created.error().kind == Kind::exists) {
    TRY(make_room(parent, name));
    created = create();
  }
  TRY(std::move(created));
  TRY(sys::chown(parent, name, entry.uid, entry.gid));
  if (entry.type != TarType::symbolic_link) TRY(sys::chmod_at(parent, name, entry.mode));
  return sys::set_times(parent, name, seconds(entry.mtime), seconds(entry.mtime));
}

Result<void> TreeWriter::make_hard_link(int parent, const std::string& name, const TarEntry& entry) {
  LayerPath target = TRY(LayerPath::parse(entry.link));
  auto from = open_inside(root_, target.parent.empty() ? "." : target.parent);
  if (!from.ok() || target.is_root() || !sys::exists(from.value().get(), target.name)) {
    return make_error(Kind::corrupt,
                      fmt::format("it is a hard link to '{}', which is not there", one_line(entry.link)));
  }
  int target_dir = from.value().get();
  auto linked = sys::link(target_dir, target.name, parent, name);
  if (linked.ok() || linked.error().kind != Kind::exists) return linked;
  struct stat old = TRY(sys::stat(parent, name));
  struct stat wanted = TRY(sys::stat(target_dir, target.name));
  if (old.st_dev == wanted.st_dev && old.st_ino == wanted.st_ino) return {};
  TRY(make_room(parent, name));
  return sys::link(target_dir, target.name, parent, name);
}

// image-spec, layer.md, "Whiteouts": it is about layers below, never about entries of this one.
Result<void> TreeWriter::make_whiteout(const LayerPath& path) {
  std::string victim = path.name.substr(kWhiteoutPrefix.size());
  if (victim.empty() || victim == "." || victim == "..") {
    return make_error(Kind::corrupt, "it is a deletion of nothing that can be deleted");
  }
  int parent = TRY(parent_of(path));
  if (path.name == kOpaqueMarker) return set_opaque(parent, ".");
  if (path.name.starts_with(kWhiteoutMeta)) return {};
  auto made = sys::mknod(parent, victim, S_IFCHR, 0);
  if (made.ok() || made.error().kind != Kind::exists) return made;
  struct stat st = TRY(sys::stat(parent, victim));
  return S_ISDIR(st.st_mode) ? set_opaque(parent, victim) : Result<void>();
}

Result<void> TreeWriter::make_room(int parent, const std::string& name) {
  TRY(remove_tree(parent, name));
  parent_path_.clear();  // it may have led through what is gone
  return {};
}

Result<int> TreeWriter::parent_of(const LayerPath& path) {
  if (path.parent.empty()) return root_;
  if (path.parent != parent_path_) {
    parent_ = TRY(open_parent(path.parent, kMostLinks));
    parent_path_ = path.parent;
  }
  return parent_.get();
}

Result<UniqueFd> TreeWriter::open_parent(const std::string& path, int links_left) {
  auto opened = open_inside(root_, path);
  bool incomplete = !opened.ok() && (opened.error().code == ENOENT || opened.error().code == ENOTDIR);
  // What is made goes as deep as a path has components; only a hostile one leaves out so many.
  if (!incomplete || path.size() > kLongestPath) return opened;
  TRY(make_parent(path, links_left));
  return open_inside(root_, path);
}

// Makes a directory that no entry has announced, or the one that a dangling link names.
Result<void> TreeWriter::make_parent(const std::string& path, int links_left) {
  if (links_left == 0) return sys_error(fmt::format("open '{}'", path), ELOOP);
  LayerPath place = TRY(LayerPath::parse(path));
  if (place.is_root()) return {};
  UniqueFd above = TRY(open_parent(place.parent.empty() ? "." : place.parent, links_left));
  auto st = sys::stat(above.get(), place.name);
  if (st.ok() && S_ISDIR(st.value().st_mode)) return {};
  if (st.ok() && S_ISLNK(st.value().st_mode)) {
    std::string target = TRY(sys::readlink(above.get(), place.name));
    ignore(open_parent(target.starts_with('/') ? target : place.parent + "/" + target, links_left - 1));
    return {};  // the caller opens the link, and so finds out
  }
  bool hides = whiteouts_ == Whiteouts::apply && is_whiteout_at(above.get(), place.name);
  if (hides) TRY(make_room(above.get(), place.name));
  TRY(sys::mkdir(above.get(), place.name, 0755));
  UniqueFd made = TRY(sys::open(above.get(), place.name, kOpenDirectory));
  TRY(sys::chmod(made.get(), 0755));  // whatever the umask is
  times_.push_back({place.text(), 0});
  return hides ? set_opaque(above.get(), place.name) : Result<void>();
}

}  // namespace aictr::images
