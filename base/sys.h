#pragma once

// System calls on files, one function each: O_CLOEXEC always, EINTR retried, errno turned into an Error that names the
// call and its arguments. `dir` is a directory descriptor or AT_FDCWD. Mounts are in sys_mount.h, processes in
// sys_process.h.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::sys {

// Who wrote a path, and so how far the kernel may follow it (openat2(2), Linux 5.6).
enum class Resolve {
  normal,       // a path of ours: like openat(2)
  beneath,      // must stay below `dir`, symbolic links included
  in_root,      // `dir` is the root: "/" and ".." and absolute links end there, as after chroot(2)
  no_symlinks,  // no component may be a symbolic link
  one_mount,  // must stay below `dir` and on its mount: for /proc, where something could have been mounted over a file
};

Result<UniqueFd> open(int dir, const std::string& path, int flags, mode_t mode = 0, Resolve resolve = Resolve::normal);
inline Result<UniqueFd> open(const std::string& path, int flags, mode_t mode = 0) {
  return open(AT_FDCWD, path, flags, mode);
}

// Opens what `fd` already refers to again with other flags, through /proc/self/fd; never follows a path.
Result<UniqueFd> reopen(int fd, int flags);
Result<UniqueFd> duplicate(int fd);
Result<void> replace(int fd, int with);  // dup2(2): `fd` becomes another name of `with`, and is kept across exec

// Opens /dev/null for each of descriptors 0 to 2 that our parent has closed, so that no file of ours gets such a number
// and with it what others print. For the begin of main().
Result<void> open_standard_descriptors();

Result<std::size_t> read(int fd, std::span<char> into);  // 0 at the end of the file
Result<void> write_all(int fd, std::string_view data);
Result<void> write_at(int fd, std::string_view data, off_t offset);
Result<std::size_t> read_at(int fd, std::span<char> into, off_t offset);  // 0 at the end of the file
Result<std::string> read_to_end(int fd, std::size_t limit = 64U << 20);

Result<struct stat> stat(int dir, const std::string& path, int flags = AT_SYMLINK_NOFOLLOW);
Result<struct stat> stat(int fd);
Result<std::int64_t> file_system_magic(int dir, const std::string& path);  // statfs(2): CGROUP2_SUPER_MAGIC, …
Result<bool> is_mount_root(int fd);  // statx(2), STATX_ATTR_MOUNT_ROOT, Linux 5.8; older kernels: never true
Result<std::int64_t> file_system_magic(int fd);
bool exists(int dir, const std::string& path);  // of anything, a dangling link included

Result<void> mkdir(int dir, const std::string& path, mode_t mode);
Result<void> mknod(int dir, const std::string& path, mode_t mode, dev_t device);
Result<void> symlink(const std::string& target, int dir, const std::string& path);
Result<void> link(int from_dir, const std::string& from, int to_dir, const std::string& to);
Result<std::string> readlink(int dir, const std::string& path);
Result<void> unlink(int dir, const std::string& path, int flags = 0);  // flags: AT_REMOVEDIR
Result<void> rename(int from_dir, const std::string& from, int to_dir, const std::string& to, unsigned flags = 0);
Result<void> chown(int dir, const std::string& path, uid_t uid, gid_t gid, int flags = AT_SYMLINK_NOFOLLOW);
Result<void> chmod(int fd, mode_t mode);
Result<void> chmod_at(int dir, const std::string& path, mode_t mode);  // follows a symbolic link
Result<void> set_times(int dir, const std::string& path, timespec access, timespec modify,
                       int flags = AT_SYMLINK_NOFOLLOW);
Result<void> sync(int fd);
Result<void> sync_file_system(int fd);  // syncfs(2): everything on the file system that `fd` is on
// Starts to write a part of a file to the disk, and does not wait for it (sync_file_range(2)).
void start_writing_out(int fd, off_t offset, off_t size);
Result<void> truncate(int fd, off_t size);

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};
Result<Pipe> pipe(int extra_flags = 0);

struct SocketPair {
  UniqueFd first;
  UniqueFd second;
};
Result<SocketPair> socket_pair(int type);  // AF_UNIX; SOCK_STREAM, SOCK_SEQPACKET, …

Result<UniqueFd> memfd(const std::string& name, unsigned flags);

}  // namespace aictr::sys
