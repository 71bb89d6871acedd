#include "base/sys_mount.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/core.h>

namespace aictr::sys {
namespace {

// The file system's own explanation is queued on its context descriptor as "e text", "w text" or "i text" (fsopen(2)).
std::string kernel_log(int context) {
  std::string text;
  char line[512];
  for (;;) {
    ssize_t n = ::read(context, line, sizeof line);
    if (n <= 2) return text;
    if (line[0] != 'e') continue;
    if (!text.empty()) text += "; ";
    text.append(line + 2, static_cast<std::size_t>(n) - 2);
    while (!text.empty() && text.back() == '\n') text.pop_back();
  }
}

Error context_error(int context, std::string what) {
  int code = errno;
  std::string log = kernel_log(context);
  if (!log.empty()) what += fmt::format(" ({})", log);
  return sys_error(what, code);
}

int fsconfig(int context, unsigned command, const char* key, const char* value) {
  return static_cast<int>(::syscall(SYS_fsconfig, context, command, key, value, 0));
}

Result<UniqueFd> wrap(long fd, const std::string& what) {
  if (fd < 0) return sys_error(what);
  return UniqueFd(static_cast<int>(fd));
}

}  // namespace

Result<UniqueFd> fsopen(const std::string& type) {
  return wrap(::syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC), fmt::format("open file system '{}'", type));
}

Result<void> fsconfig_string(int context, const std::string& key, const std::string& value) {
  if (fsconfig(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str()) == 0) return {};
  return context_error(context, fmt::format("set mount option '{}={}'", key, value));
}

Result<void> fsconfig_flag(int context, const std::string& key) {
  if (fsconfig(context, FSCONFIG_SET_FLAG, key.c_str(), nullptr) == 0) return {};
  return context_error(context, fmt::format("set mount option '{}'", key));
}

Result<void> fsconfig_create(int context) {
  if (fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr) == 0) return {};
  return context_error(context, "create file system");
}

Result<UniqueFd> fsmount(int context, unsigned attributes) {
  return wrap(::syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), "make mount");
}

Result<UniqueFd> open_tree(int dir, const std::string& path, unsigned flags) {
  return wrap(::syscall(SYS_open_tree, dir, path.c_str(), flags | OPEN_TREE_CLOEXEC),
              fmt::format("open mount '{}'", path));
}

Result<void> move_mount(int from_dir, const std::string& from, int to_dir, const std::string& to, unsigned flags) {
  if (::syscall(SYS_move_mount, from_dir, from.c_str(), to_dir, to.c_str(), flags) == 0) return {};
  return sys_error(fmt::format("attach mount '{}'", to));
}

Result<void> attach_mount(int mount, int target) {
  return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

Result<UniqueFd> clone_mount(int file, std::uint64_t attributes) {
  UniqueFd mount = TRY(open_tree(file, "", AT_EMPTY_PATH | OPEN_TREE_CLONE));
  mount_attr request{};
  request.attr_set = attributes;
  request.propagation = MS_PRIVATE;
  TRY(mount_setattr(mount.get(), "", AT_EMPTY_PATH, request));
  return mount;
}

Result<void> mount_setattr(int dir, const std::string& path, unsigned flags, const mount_attr& attributes) {
  if (::syscall(SYS_mount_setattr, dir, path.c_str(), flags, &attributes, sizeof attributes) == 0) return {};
  return sys_error(fmt::format("set attributes of mount '{}'", path));
}

Result<void> mount(const std::string& source, const std::string& target, const std::string& type, unsigned long flags,
                   const std::string& data) {
  const char* type_or_null = type.empty() ? nullptr : type.c_str();
  const char* data_or_null = data.empty() ? nullptr : data.c_str();
  if (::syscall(SYS_mount, source.c_str(), target.c_str(), type_or_null, flags, data_or_null) == 0) return {};
  return sys_error(fmt::format("mount '{}' on '{}'", source, target));
}

Result<void> umount(const std::string& target, int flags) {
  if (::syscall(SYS_umount2, target.c_str(), flags) == 0) return {};
  return sys_error(fmt::format("unmount '{}'", target));
}

Result<void> pivot_root(const std::string& new_root, const std::string& put_old) {
  if (::syscall(SYS_pivot_root, new_root.c_str(), put_old.c_str()) == 0) return {};
  return sys_error(fmt::format("pivot root to '{}'", new_root));
}

}  // namespace aictr::sys
