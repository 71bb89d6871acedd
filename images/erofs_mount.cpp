#include "images/erofs_mount.h"

#include <cerrno>
#include <string>

#include <fmt/core.h>

#include "base/sys_mount.h"

namespace aictr::images {
namespace {

std::string by_descriptor(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

}  // namespace

Result<UniqueFd> mount_erofs(int index, int tar) {
  auto context = sys::fsopen("erofs");
  if (!context.ok() && context.error().code == ENODEV) {
    return make_error(Kind::unsupported, "this kernel has no EROFS", "load it (`modprobe erofs`)");
  }
  UniqueFd fd = TRY(std::move(context));
  TRY(sys::fsconfig_string(fd.get(), "source", by_descriptor(index)));
  TRY(sys::fsconfig_string(fd.get(), "device", by_descriptor(tar)));
  auto created = sys::fsconfig_create(fd.get());
  if (!created.ok() && created.error().code == ENOTBLK) {
    return make_error(Kind::unsupported, "this kernel mounts EROFS from block devices alone",
                      "use Linux 6.12 or newer");
  }
  TRY(std::move(created));
  return sys::fsmount(fd.get(), MOUNT_ATTR_RDONLY);
}

}  // namespace aictr::images
