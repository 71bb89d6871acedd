#include "base/sys.h"

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/core.h>

namespace aictr::sys {
namespace {

template <class F>
auto retry(F call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

Result<void> check(int result, std::string_view call, std::string_view argument) {
  if (result == 0) return {};
  return sys_error(fmt::format("{} '{}'", call, argument));
}

std::uint64_t resolve_flags(Resolve resolve) {
  switch (resolve) {
    case Resolve::beneath:
      return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    case Resolve::in_root:
      return RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    case Resolve::no_symlinks:
      return RESOLVE_NO_SYMLINKS;
    case Resolve::one_mount:
      return RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
    case Resolve::normal:
      break;
  }
  return 0;
}

int open_resolved(int dir, const std::string& path, int flags, mode_t mode, Resolve resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = resolve_flags(resolve);
  // EAGAIN: a rename elsewhere made the walk's ".." uncertain; openat2(2) says to try again.
  for (int tries = 0;; ++tries) {
    long fd = ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EINTR && (errno != EAGAIN || tries > 100))) return static_cast<int>(fd);
  }
}

}  // namespace

Result<UniqueFd> open(int dir, const std::string& path, int flags, mode_t mode, Resolve resolve) {
  flags |= O_CLOEXEC;
  int fd = resolve == Resolve::normal ? retry([&] { return ::openat(dir, path.c_str(), flags, mode); })
                                      : open_resolved(dir, path, flags, mode, resolve);
  if (fd < 0) return sys_error(fmt::format("open '{}'", path));
  return UniqueFd(fd);
}

Result<UniqueFd> reopen(int fd, int flags) {
  return open(fmt::format("/proc/self/fd/{}", fd), flags);
}

Result<UniqueFd> duplicate(int fd) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return sys_error(fmt::format("duplicate descriptor {}", fd));
  return UniqueFd(copy);
}

Result<void> replace(int fd, int with) {
  if (retry([&] { return ::dup2(with, fd); }) >= 0) return {};
  return sys_error(fmt::format("replace descriptor {}", fd));
}

Result<void> open_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is this one. Not close-on-exec: programs that we run expect all three.
    if (::open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd) return sys_error("open '/dev/null'");
  }
  return {};
}

Result<std::size_t> read(int fd, std::span<char> into) {
  ssize_t n = retry([&] { return ::read(fd, into.data(), into.size()); });
  if (n < 0) return sys_error("read");
  return static_cast<std::size_t>(n);
}

Result<void> write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    ssize_t n = retry([&] { return ::write(fd, data.data(), data.size()); });
    if (n < 0) return sys_error("write");
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> write_at(int fd, std::string_view data, off_t offset) {
  while (!data.empty()) {
    ssize_t n = retry([&] { return ::pwrite(fd, data.data(), data.size(), offset); });
    if (n < 0) return sys_error("write");
    data.remove_prefix(static_cast<std::size_t>(n));
    offset += n;
  }
  return {};
}

Result<std::size_t> read_at(int fd, std::span<char> into, off_t offset) {
  ssize_t n = retry([&] { return ::pread(fd, into.data(), into.size(), offset); });
  if (n < 0) return sys_error(fmt::format("read from descriptor {}", fd));
  return static_cast<std::size_t>(n);
}

Result<std::string> read_to_end(int fd, std::size_t limit) {
  std::string data;
  std::size_t used = 0;
  for (;;) {
    if (data.size() - used < 4096) data.resize(data.size() < 4096 ? 4096 : data.size() * 2);
    std::size_t n = TRY(read(fd, std::span(data).subspan(used)));
    if (n == 0) break;
    used += n;
    if (used > limit) return make_error(Kind::corrupt, fmt::format("more than {} bytes to read", limit));
  }
  data.resize(used);
  return data;
}

Result<struct stat> stat(int dir, const std::string& path, int flags) {
  struct stat st {};
  TRY(check(::fstatat(dir, path.c_str(), &st, flags), "stat", path));
  return st;
}

Result<struct stat> stat(int fd) {
  struct stat st {};
  if (::fstat(fd, &st) != 0) return sys_error(fmt::format("stat descriptor {}", fd));
  return st;
}

Result<std::int64_t> file_system_magic(int dir, const std::string& path) {
  UniqueFd fd = TRY(open(dir, path, O_PATH));
  return TRY_AS(path, file_system_magic(fd.get()));
}

Result<std::int64_t> file_system_magic(int fd) {
  struct statfs st {};
  if (::fstatfs(fd, &st) != 0) return sys_error("find the file system of a file");
  return std::int64_t{st.f_type};
}

Result<bool> is_mount_root(int fd) {
  struct statx st {};
  if (::statx(fd, "", AT_EMPTY_PATH, 0, &st) != 0) return sys_error(fmt::format("stat descriptor {}", fd));
  return (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool exists(int dir, const std::string& path) {
  struct stat st {};
  return ::fstatat(dir, path.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> mkdir(int dir, const std::string& path, mode_t mode) {
  return check(::mkdirat(dir, path.c_str(), mode), "make directory", path);
}

Result<void> mknod(int dir, const std::string& path, mode_t mode, dev_t device) {
  return check(::mknodat(dir, path.c_str(), mode, device), "make node", path);
}

Result<void> symlink(const std::string& target, int dir, const std::string& path) {
  return check(::symlinkat(target.c_str(), dir, path.c_str()), "make symbolic link", path);
}

Result<void> link(int from_dir, const std::string& from, int to_dir, const std::string& to) {
  return check(::linkat(from_dir, from.c_str(), to_dir, to.c_str(), 0), "link", to);
}

Result<std::string> readlink(int dir, const std::string& path) {
  std::string target(256, '\0');
  for (;;) {
    ssize_t n = ::readlinkat(dir, path.c_str(), target.data(), target.size());
    if (n < 0) return sys_error(fmt::format("read link '{}'", path));
    if (static_cast<std::size_t>(n) < target.size()) {
      target.resize(static_cast<std::size_t>(n));
      return target;
    }
    target.resize(target.size() * 2);
  }
}

Result<void> unlink(int dir, const std::string& path, int flags) {
  return check(::unlinkat(dir, path.c_str(), flags), "remove", path);
}

Result<void> rename(int from_dir, const std::string& from, int to_dir, const std::string& to, unsigned flags) {
  return check(::renameat2(from_dir, from.c_str(), to_dir, to.c_str(), flags), "rename to", to);
}

Result<void> chown(int dir, const std::string& path, uid_t uid, gid_t gid, int flags) {
  return check(::fchownat(dir, path.c_str(), uid, gid, flags), "change owner of", path);
}

Result<void> chmod(int fd, mode_t mode) {
  if (::fchmod(fd, mode) != 0) return sys_error(fmt::format("change mode of descriptor {}", fd));
  return {};
}

Result<void> chmod_at(int dir, const std::string& path, mode_t mode) {
  return check(::fchmodat(dir, path.c_str(), mode, 0), "change mode of", path);
}

Result<void> set_times(int dir, const std::string& path, timespec access, timespec modify, int flags) {
  const timespec times[2] = {access, modify};
  return check(::utimensat(dir, path.c_str(), times, flags), "set times of", path);
}

Result<void> sync(int fd) {
  if (::fsync(fd) != 0) return sys_error(fmt::format("sync descriptor {}", fd));
  return {};
}

Result<void> sync_file_system(int fd) {
  if (::syncfs(fd) != 0) return sys_error(fmt::format("sync the file system of descriptor {}", fd));
  return {};
}

void start_writing_out(int fd, off_t offset, off_t size) {
  ::sync_file_range(fd, offset, size, SYNC_FILE_RANGE_WRITE);
}

Result<void> truncate(int fd, off_t size) {
  if (retry([&] { return ::ftruncate(fd, size); }) != 0) return sys_error(fmt::format("resize descriptor {}", fd));
  return {};
}

Result<Pipe> pipe(int extra_flags) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC | extra_flags) != 0) return sys_error("make a pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<SocketPair> socket_pair(int type) {
  int fds[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) != 0) return sys_error("make a socket pair");
  return SocketPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<UniqueFd> memfd(const std::string& name, unsigned flags) {
  int fd = ::memfd_create(name.c_str(), flags | MFD_CLOEXEC);
  if (fd < 0) return sys_error(fmt::format("make memory file '{}'", name));
  return UniqueFd(fd);
}

}  // namespace aictr::sys
