#include "runtime/mount_plan.h"

#include <linux/mount.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

using What = MountOp::What;

// File systems whose superblock is shared or made for the occasion: being read-only is a matter of the mount alone.
constexpr std::array<std::string_view, 6> kVirtual = {"proc", "sysfs", "tmpfs", "devpts", "mqueue", "securityfs"};

What what_of(const oci::Mount& mount, const MountOptions& options) {
  if (options.remount) return What::remount;
  if (options.bind != MountOptions::Bind::no || mount.type == "bind") return What::bind;
  if (mount.type == "cgroup" || mount.type == "cgroup2") return What::cgroup;
  return What::file_system;
}

bool takes_label(const MountOp& op) {
  constexpr std::array<std::string_view, 3> kOwnLabels = {"proc", "sysfs", "mqueue"};
  return op.what == What::file_system && std::ranges::find(kOwnLabels, op.type) == kOwnLabels.end();
}

// `/proc` and `/sys` are what the kernel says they are, or programs in the container can be lied to (CVE-2019-16884).
Result<void> check_proc_and_sys(const MountOp& op) {
  bool below_proc = op.destination.starts_with("/proc/");
  bool at = op.destination == "/proc" || op.destination == "/sys";
  if (op.what == What::remount || (!at && !below_proc)) return {};
  if (below_proc) {
    constexpr std::array<std::string_view, 10> kAllowed = {
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo",  "/proc/stat",    "/proc/swaps",
        "/proc/uptime",  "/proc/loadavg",   "/proc/slabinfo", "/proc/net/dev", "/proc/sys/kernel/ns_last_pid"};
    if (std::ranges::find(kAllowed, op.destination) != kAllowed.end() || op.destination.starts_with("/proc/driver/"))
      return {};
    return make_error(Kind::usage, fmt::format("{}/destination: '{}' is inside /proc", op.pointer, op.destination));
  }
  std::string_view wanted = op.destination == "/proc" ? "proc" : "sysfs";
  if (op.what == What::bind || op.type == wanted) return {};  // a bind's file system is looked at when it is mounted
  return make_error(Kind::usage, fmt::format("{}/type: '{}' cannot be mounted on '{}', which is for {}", op.pointer,
                                             op.type, op.destination, wanted));
}

Result<MountOp> plan_mount(const oci::Mount& mount, std::string pointer, std::string_view bundle,
                           const IdMaps& container) {
  MountOp op;
  op.options = TRY_AS(fmt::format("{}/options", pointer), parse_mount_options(mount.options));
  op.what = what_of(mount, op.options);
  op.destination = clean_container_path(mount.destination);
  op.type = mount.type;
  op.source = mount.source;
  op.id_maps = TRY(plan_id_maps(mount.uid_mappings, mount.gid_mappings, pointer));
  op.pointer = std::move(pointer);
  if (mount.destination.empty()) return make_error(Kind::usage, fmt::format("{}/destination is empty", op.pointer));
  if (op.destination == "/" && op.what != What::remount)
    return make_error(
        Kind::unsupported,
        fmt::format("{}/destination: nothing is mounted on '/': that is what root.path is for", op.pointer));
  if (op.what == What::file_system && op.type.empty())
    return make_error(Kind::usage, fmt::format("{}/type is missing", op.pointer));
  if (op.what == What::bind) {
    if (op.source.empty()) return make_error(Kind::usage, fmt::format("{}/source is missing", op.pointer));
    if (!op.source.starts_with('/')) op.source = fmt::format("{}/{}", bundle, op.source);
    if (op.options.bind == MountOptions::Bind::no) op.options.bind = MountOptions::Bind::with_submounts;
  }
  if (op.options.id_map != MountOptions::IdMap::no && op.id_maps.empty()) op.id_maps = container;
  if (!op.id_maps.empty() && op.what != What::bind)
    return make_error(Kind::unsupported, fmt::format("{}: ids can be mapped for bind mounts only", op.pointer));
  if (op.options.id_map != MountOptions::IdMap::no && op.id_maps.empty())
    return make_error(Kind::usage, fmt::format("{}/options: 'idmap' without uidMappings", op.pointer));
  if (op.options.copy_up && op.type != "tmpfs")
    return make_error(Kind::usage, fmt::format("{}/options: 'tmpcopyup' is for tmpfs only", op.pointer));
  if (op.what == What::remount && !op.options.file_system.empty())
    return make_error(Kind::unsupported, fmt::format("{}/options: '{}' cannot be changed by a remount", op.pointer,
                                                     op.options.file_system.front()));
  bool read_only = (op.options.attributes.set & MOUNT_ATTR_RDONLY) != 0;
  if (op.what == What::file_system && read_only && std::ranges::find(kVirtual, op.type) == kVirtual.end())
    op.options.file_system.insert(op.options.file_system.begin(), "ro");
  TRY(check_proc_and_sys(op));
  return op;
}

}  // namespace

Result<std::vector<MountOp>> plan_mounts(const std::vector<oci::Mount>& mounts, std::string_view bundle,
                                         const IdMaps& container, const std::string& label) {
  std::vector<MountOp> ops;
  for (std::size_t i = 0; i < mounts.size(); ++i)
    ops.push_back(TRY(plan_mount(mounts[i], fmt::format("/mounts/{}", i), bundle, container)));
  for (MountOp& op : ops) {
    if (takes_label(op)) op.label = label;
  }
  return ops;
}

bool mounts_at(const std::vector<MountOp>& ops, std::string_view destination) {
  return std::ranges::any_of(ops, [&](const MountOp& op) { return op.destination == destination; });
}

std::string clean_container_path(std::string_view path) {
  std::vector<std::string> kept;
  for (std::string& part : split(path, '/')) {
    if (part == ".." && !kept.empty()) kept.pop_back();
    if (!part.empty() && part != "." && part != "..") kept.push_back(std::move(part));
  }
  return "/" + join(kept, "/");
}

}  // namespace aictr::runtime
