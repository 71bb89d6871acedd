#include "images/copy_entry.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_copy.h"
#include "base/sys_xattr.h"
#include "images/kept_xattr.h"

namespace aictr::images {
namespace {

constexpr mode_t kModeBits = 07777;

Owner owner_of(const struct stat& st, const CopyOptions& options) {
  return options.owner.value_or(Owner{st.st_uid, st.st_gid});
}

mode_t mode_of(const struct stat& st, const CopyOptions& options) {
  mode_t mode = st.st_mode & kModeBits;
  return options.mode ? options.mode->apply(mode, S_ISDIR(st.st_mode)) : mode;
}

Result<void> copy_attributes(int from, int to) {
  for (const std::string& name : TRY(sys::list_xattrs(from))) {
    if (!is_kept_xattr(name)) continue;
    std::string value = TRY(sys::get_xattr(from, name));
    TRY(sys::set_xattr(to, name, value));
  }
  return {};
}

// In an order in which nothing undoes what is already there: chown(2) takes setuid bits and capabilities away.
Result<void> finish(int from, int to, const struct stat& st, const CopyOptions& options) {
  TRY(set_owner_and_mode(to, owner_of(st, options), mode_of(st, options)));
  TRY(copy_attributes(from, to));
  return sys::set_times(to, "", st.st_atim, st.st_mtim, AT_EMPTY_PATH);
}

// Takes away what has this name, so that it can be made anew.
Result<void> make_room(int directory, const std::string& name) {
  struct stat st = TRY(sys::stat(directory, name));
  if (S_ISDIR(st.st_mode)) return make_error(Kind::exists, fmt::format("'{}' is a directory there", name));
  return sys::unlink(directory, name);
}

// `make` once, and again when something was in the way.
template <class Make>
auto replace(int directory, const std::string& name, Make make) -> decltype(make()) {
  auto made = make();
  if (made.ok() || made.error().code != EEXIST) return made;
  TRY(make_room(directory, name));
  return make();
}

Result<void> copy_link(const SourceItem& item, const SourceEntry& entry, int directory, const std::string& name,
                       const CopyOptions& options) {
  UniqueFd link = TRY(item.open(entry, O_PATH));
  std::string target = TRY(sys::readlink(link.get(), ""));
  TRY(replace(directory, name, [&] { return sys::symlink(target, directory, name); }));
  Owner owner = owner_of(entry.st, options);
  TRY(sys::chown(directory, name, owner.uid, owner.gid));
  return sys::set_times(directory, name, entry.st.st_atim, entry.st.st_mtim);
}

Result<void> copy_node(const SourceEntry& entry, int directory, const std::string& name, const CopyOptions& options) {
  mode_t type = entry.st.st_mode & S_IFMT;
  TRY(replace(directory, name, [&] { return sys::mknod(directory, name, type | 0600, entry.st.st_rdev); }));
  Owner owner = owner_of(entry.st, options);
  TRY(sys::chown(directory, name, owner.uid, owner.gid));
  TRY(sys::chmod_at(directory, name, mode_of(entry.st, options)));
  return sys::set_times(directory, name, entry.st.st_atim, entry.st.st_mtim);
}

Result<void> copy_regular(const SourceItem& item, const SourceEntry& entry, int directory, const std::string& name,
                          const CopyOptions& options) {
  UniqueFd from = TRY(item.open(entry, O_RDONLY));
  UniqueFd to = TRY(create_file(directory, name));
  TRY(sys::copy_contents(from.get(), to.get()));
  return finish(from.get(), to.get(), entry.st, options);
}

Result<void> copy_socket(const SourceEntry& entry, int directory, const std::string& name, const CopyOptions& options) {
  UniqueFd file = TRY(create_file(directory, name));
  TRY(set_owner_and_mode(file.get(), owner_of(entry.st, options), mode_of(entry.st, options)));
  return sys::set_times(file.get(), "", entry.st.st_atim, entry.st.st_mtim, AT_EMPTY_PATH);
}

}  // namespace

Result<UniqueFd> create_file(int directory, const std::string& name) {
  return replace(directory, name,
                 [&] { return sys::open(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600); });
}

Result<void> set_owner_and_mode(int fd, Owner owner, mode_t mode) {
  TRY(sys::chown(fd, "", owner.uid, owner.gid, AT_EMPTY_PATH));
  return sys::chmod(fd, mode);
}

Result<void> copy_entry(const SourceItem& item, const SourceEntry& entry, int directory, const std::string& name,
                        const CopyOptions& options) {
  switch (entry.st.st_mode & S_IFMT) {
    case S_IFREG:
      return copy_regular(item, entry, directory, name, options);
    case S_IFLNK:
      return copy_link(item, entry, directory, name, options);
    case S_IFSOCK:
      return copy_socket(entry, directory, name, options);
    default:
      return copy_node(entry, directory, name, options);
  }
}

Result<UniqueFd> copy_folder_entry(int directory, const std::string& name) {
  auto made = sys::mkdir(directory, name, 0700);
  if (!made.ok() && made.error().code != EEXIST) return std::move(made).error();
  auto folder = sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (folder.ok() || (folder.error().code != ENOTDIR && folder.error().code != ELOOP)) return folder;
  return make_error(Kind::exists, fmt::format("'{}' is not a directory there", name));
}

Result<void> finish_folder(const SourceItem& item, const SourceEntry& entry, int folder, const CopyOptions& options) {
  UniqueFd from = TRY(item.open(entry, O_RDONLY | O_DIRECTORY));
  return finish(from.get(), folder, entry.st, options);
}

}  // namespace aictr::images
