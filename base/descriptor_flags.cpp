#include "base/descriptor_flags.h"

#include <fcntl.h>

#include <fmt/core.h>

namespace aictr::sys {

Result<void> set_non_blocking(int fd) {
  int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0) return {};
  return sys_error(fmt::format("make descriptor {} non-blocking", fd));
}

Result<void> keep_at_exec(int fd) {
  if (::fcntl(fd, F_SETFD, 0) == 0) return {};
  return sys_error(fmt::format("keep descriptor {}", fd));
}

Result<void> close_at_exec(int fd) {
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) return {};
  return sys_error(fmt::format("close descriptor {} at exec", fd));
}

}  // namespace aictr::sys
