#include "base/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/core.h>

#include "base/sys.h"

namespace aictr {
namespace {

Result<UniqueFd> lock(int dir, const std::string& path, int operation) {
  UniqueFd fd = TRY(sys::open(dir, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  int result = 0;
  do {
    result = ::flock(fd.get(), operation);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return fd;
  if (errno == EWOULDBLOCK) return make_error(Kind::busy, fmt::format("'{}' is locked by another process", path));
  return sys_error(fmt::format("lock '{}'", path));
}

int operation_of(FileLock::Mode mode) {
  return mode == FileLock::Mode::shared ? LOCK_SH : LOCK_EX;
}

}  // namespace

Result<FileLock> FileLock::acquire(int dir, const std::string& path, Mode mode) {
  return FileLock(TRY(lock(dir, path, operation_of(mode))));
}

Result<FileLock> FileLock::try_acquire(int dir, const std::string& path, Mode mode) {
  return FileLock(TRY(lock(dir, path, operation_of(mode) | LOCK_NB)));
}

}  // namespace aictr
