#include "runtime/procfs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"

namespace aictr::runtime {

Result<Procfs> Procfs::open() {
  UniqueFd fd = TRY(sys::open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW));
  if (TRY(sys::file_system_magic(fd.get())) != PROC_SUPER_MAGIC)
    return make_error(Kind::unsupported, "the host has no procfs mounted on '/proc'");
  return Procfs(std::move(fd));
}

Result<void> Procfs::write(const std::string& path, std::string_view data) const {
  UniqueFd file = TRY(sys::open(fd_.get(), path, O_WRONLY, 0, sys::Resolve::one_mount));
  // One write(2): what the kernel does not take whole it does not take at all.
  ssize_t written = ::write(file.get(), data.data(), data.size());
  if (written == static_cast<ssize_t>(data.size())) return {};
  if (written >= 0) errno = EIO;
  return sys_error(fmt::format("write '{}' to '/proc/{}'", data, path));
}

Result<std::string> Procfs::read(const std::string& path) const {
  UniqueFd file = TRY(sys::open(fd_.get(), path, O_RDONLY, 0, sys::Resolve::one_mount));
  return sys::read_to_end(file.get());
}

}  // namespace aictr::runtime
