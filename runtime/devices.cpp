#include "runtime/devices.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "runtime/mount_plan.h"
#include "runtime/rooted_path.h"

namespace aictr::runtime {
namespace {

DeviceNode character(const char* path, unsigned major, unsigned minor) {
  return {path, S_IFCHR | 0666, makedev(major, minor), 0, 0};
}

std::vector<DeviceNode> default_devices() {
  return {character("/dev/null", 1, 3),   character("/dev/zero", 1, 5),    character("/dev/full", 1, 7),
          character("/dev/random", 1, 8), character("/dev/urandom", 1, 9), character("/dev/tty", 5, 0)};
}

Result<mode_t> type_of(const oci::Device& device, const std::string& pointer) {
  if (device.type == "c" || device.type == "u") return mode_t{S_IFCHR};
  if (device.type == "b") return mode_t{S_IFBLK};
  if (device.type == "p") return mode_t{S_IFIFO};
  return make_error(Kind::usage, fmt::format("{}/type: '{}' is none of c, b, u, p", pointer, device.type));
}

Result<DeviceNode> plan_device(const oci::Device& device, const std::string& pointer) {
  mode_t type = TRY(type_of(device, pointer));
  std::string path = clean_container_path(device.path);
  if (path == "/" || !device.path.starts_with('/'))
    return make_error(Kind::usage, fmt::format("{}/path: '{}' is no absolute path of a file", pointer, device.path));
  bool numbered = type != S_IFIFO;
  if (numbered && (!std::in_range<std::uint32_t>(device.major) || !std::in_range<std::uint32_t>(device.minor)))
    return make_error(Kind::usage, fmt::format("{}: {}:{} is no device", pointer, device.major, device.minor));
  dev_t number = numbered ? makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor)) : 0;
  mode_t permissions = device.file_mode.value_or(0666) & 07777;
  return DeviceNode{path, type | permissions, number, device.uid.value_or(0), device.gid.value_or(0)};
}

Result<void> check_same(int parent, const std::string& name, const DeviceNode& node) {
  struct stat st = TRY(sys::stat(parent, name));
  if ((st.st_mode & S_IFMT) == (node.mode & S_IFMT) && (st.st_rdev == node.device || node.device == 0)) return {};
  return make_error(Kind::exists, "something else is in the way");
}

Result<void> make_node(int root, const DeviceNode& node) {
  SplitPath at = split_path(node.path);
  UniqueFd parent = TRY(make_directory_in_root(root, at.parent, 0755));
  auto made = sys::mknod(parent.get(), at.name, node.mode, node.device);
  if (!made.ok() && made.error().code == EEXIST) return check_same(parent.get(), at.name, node);
  if (!made.ok()) return made;
  if (node.uid == 0 && node.gid == 0) return {};
  return sys::chown(parent.get(), at.name, node.uid, node.gid);
}

Result<void> bind_node(int root, const DeviceNode& node) {
  UniqueFd mount = TRY(sys::open_tree(AT_FDCWD, node.path, OPEN_TREE_CLONE));
  struct stat st = TRY(sys::stat(mount.get()));
  if ((st.st_mode & S_IFMT) != (node.mode & S_IFMT) || st.st_rdev != node.device)
    return make_error(Kind::unsupported, "the host has another device there, and a user namespace cannot make one");
  UniqueFd target = TRY(make_file_in_root(root, node.path, 0644));
  return sys::attach_mount(mount.get(), target.get());
}

Result<void> make_link(int directory, const std::string& name, const std::string& target) {
  auto made = sys::symlink(target, directory, name);
  if (!made.ok() && made.error().code == EEXIST) return {};
  return made;
}

}  // namespace

Result<std::vector<DeviceNode>> plan_devices(const std::vector<oci::Device>& devices) {
  std::vector<DeviceNode> nodes = default_devices();
  for (std::size_t i = 0; i < devices.size(); ++i) {
    DeviceNode node = TRY(plan_device(devices[i], fmt::format("/linux/devices/{}", i)));
    std::erase_if(nodes, [&](const DeviceNode& other) { return other.path == node.path; });
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<void> make_devices(int root, const std::vector<DeviceNode>& nodes, DeviceSource source) {
  for (const DeviceNode& node : nodes) {
    bool bind = source == DeviceSource::bind_from_host && !S_ISFIFO(node.mode);
    TRY_AS(fmt::format("make device '{}'", node.path), bind ? bind_node(root, node) : make_node(root, node));
  }
  return {};
}

Result<void> make_device_links(int root) {
  UniqueFd dev = TRY(sys::open(root, "dev", O_PATH | O_DIRECTORY | O_NOFOLLOW));
  constexpr std::array<std::pair<const char*, const char*>, 6> kLinks = {{{"fd", "/proc/self/fd"},
                                                                          {"stdin", "/proc/self/fd/0"},
                                                                          {"stdout", "/proc/self/fd/1"},
                                                                          {"stderr", "/proc/self/fd/2"},
                                                                          {"core", "/proc/kcore"},
                                                                          {"ptmx", "pts/ptmx"}}};
  // A kernel may have none, and its link would lead nowhere.
  bool has_core = sys::exists(AT_FDCWD, "/proc/kcore");
  for (const auto& [name, target] : kLinks) {
    if (name == std::string_view("core") && !has_core) continue;
    TRY_AS(fmt::format("make link '/dev/{}'", name), make_link(dev.get(), name, target));
  }
  return {};
}

Result<UniqueFd> open_null_device() {
  UniqueFd null = TRY(sys::open("/dev/null", O_PATH | O_NOFOLLOW));
  struct stat st = TRY(sys::stat(null.get()));
  if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)) return null;
  return make_error(Kind::corrupt, "the host's /dev/null is no null device");
}

}  // namespace aictr::runtime
