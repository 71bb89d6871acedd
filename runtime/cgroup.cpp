#include "runtime/cgroup.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "runtime/cgroup_tree.h"
#include "runtime/device_filter.h"

namespace aictr::runtime {
namespace {

// "/a//b/" → "/a/b". What could lead out of the hierarchy has no meaning.
Result<std::string> normal_path(const std::string& path) {
  std::string normal;
  for (const std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..")
      return make_error(Kind::usage, fmt::format("/linux/cgroupsPath '{}' must not contain '..'", path));
    normal += "/" + part;
  }
  if (normal.empty()) return make_error(Kind::usage, fmt::format("/linux/cgroupsPath '{}' names no cgroup", path));
  return normal;
}

// A policy that allows everything filters nothing.
Result<std::optional<DevicePolicy>> device_policy(const oci::Resources& resources) {
  std::optional<DevicePolicy> policy = TRY(plan_devices(resources.devices));
  if (policy && policy->allows_everything()) policy.reset();
  return policy;
}

Result<CgroupPlacement> placement_of(const oci::Resources& resources, const CgroupHost& host) {
  std::vector<CgroupSetting> settings = TRY(plan_cgroup(resources));
  return place_settings(std::move(settings), host);
}

// The hierarchies of v1 that need a directory. Each costs some 0.2 ms a container, so those without a limit are left
// alone, unless there is no v2 to hold the container together: then the freezer does, or whatever there is.
std::set<std::string> needed_v1_mounts(const CgroupPlacement& placement, const CgroupHost& host, bool devices,
                                       Accounting accounting) {
  std::set<std::string> mounts;
  for (const auto& [mount, settings] : placement.v1) mounts.insert(mount);
  if (accounting == Accounting::all) {
    for (const char* controller : {"memory", "cpu", "cpuacct", "pids", "blkio"}) {
      if (auto at = host.v1_mounts.find(controller); at != host.v1_mounts.end()) mounts.insert(at->second);
    }
  }
  if (!host.v2_mount.empty() || host.v1_mounts.empty()) return mounts;
  auto mount_of = [&](const std::string& controller) {
    auto found = host.v1_mounts.find(controller);
    return found == host.v1_mounts.end() ? host.v1_mounts.begin()->second : found->second;
  };
  mounts.insert(mount_of("freezer"));
  if (devices) mounts.insert(mount_of("devices"));
  return mounts;
}

Result<void> check_unused(const std::string& directory, pid_t resident) {
  std::vector<pid_t> pids = TRY(processes_in(directory));
  std::erase(pids, resident);
  if (!pids.empty())
    return make_error(Kind::busy,
                      fmt::format("container's cgroup is not empty: process {} is in '{}'", pids.front(), directory),
                      "end what runs there, or choose another cgroupsPath");
  bool frozen = counter_in(directory + "/cgroup.events", "frozen") == 1 ||
                read_file(AT_FDCWD, directory + "/freezer.state").value_or("THAWED\n") != "THAWED\n";
  if (frozen)
    return make_error(Kind::busy, fmt::format("container's cgroup unexpectedly frozen: '{}'", directory),
                      "thaw it, or choose another cgroupsPath");
  return {};
}

// `usage`: bytes in use, or -1 where nobody counts.
Result<void> check_memory_use(const oci::Resources& resources, std::int64_t usage) {
  if (!resources.memory || !resources.memory->check_before_update.value_or(false)) return {};
  auto check = [&](std::string_view what, std::int64_t limit) -> Result<void> {
    if (limit <= 0 || usage < 0 || usage <= limit) return {};
    return make_error(Kind::busy,
                      fmt::format("/linux/resources/memory: rejecting {} {} < usage {}", what, limit, usage));
  };
  TRY(check("memory+swap limit", resources.memory->swap.value_or(0)));
  return check("memory limit", resources.memory->limit.value_or(0));
}

bool is_below(const std::string& path, const std::string& mount) {
  return !mount.empty() && path.size() > mount.size() && path.starts_with(mount) && path[mount.size()] == '/';
}

// A freshly made directory, or one that was there and is not in use.
Result<void> make_or_take(const std::string& mount, const std::string& directory, pid_t resident,
                          std::vector<std::string>& made) {
  if (TRY(make_cgroup(mount, directory))) {
    made.push_back(directory);
    return {};
  }
  return check_unused(directory, resident);
}

}  // namespace

Result<Cgroup> Cgroup::create(const CgroupHost& host, const std::string& path, const oci::Resources& resources,
                              Accounting accounting, pid_t resident) {
  std::string below = TRY(normal_path(path));
  std::optional<DevicePolicy> devices = TRY(device_policy(resources));
  CgroupPlacement placement = TRY(placement_of(resources, host));
  bool limits = !placement.v2.empty() || !placement.v1.empty() || devices;
  auto build = [&](Cgroup& cgroup) -> Result<void> {
    TRY(cgroup.make(below, needed_v1_mounts(placement, host, devices.has_value(), accounting), resident));
    TRY(cgroup.enable(placement));
    TRY(cgroup.apply(placement, devices));
    return cgroup.prepare_entry();
  };
  Cgroup cgroup(host);
  auto built = build(cgroup);
  if (built.ok()) return cgroup;
  for (const std::string& directory : cgroup.made_) ignore(remove_cgroup(directory));  // the first error counts
  if (!limits && built.error().kind == Kind::denied) return Cgroup(host);
  return std::move(built).error();
}

Cgroup Cgroup::adopt(const CgroupHost& host, const std::vector<std::string>& directories) {
  Cgroup cgroup(host);
  for (const std::string& directory : directories) {
    auto below = [&](const auto& entry) { return is_below(directory, entry.second); };
    auto v1 = std::find_if(host.v1_mounts.begin(), host.v1_mounts.end(), below);
    if (v1 != host.v1_mounts.end())
      cgroup.v1_[v1->second] = directory;
    else if (is_below(directory, host.v2_mount))
      cgroup.v2_ = directory;
  }
  return cgroup;
}

std::vector<std::string> Cgroup::directories() const {
  std::vector<std::string> list;
  if (!v2_.empty()) list.push_back(v2_);
  for (const auto& [mount, directory] : v1_) list.push_back(directory);
  return list;
}

Result<void> Cgroup::make(const std::string& path, const std::set<std::string>& v1_mounts, pid_t resident) {
  if (!host_.v2_mount.empty()) {
    TRY(make_or_take(host_.v2_mount, host_.v2_mount + path, resident, made_));
    v2_ = host_.v2_mount + path;
  }
  for (const std::string& mount : v1_mounts) TRY(add_v1(mount, mount + path, resident));
  return {};
}

Result<void> Cgroup::add_v1(const std::string& mount, const std::string& directory, pid_t resident) {
  TRY(make_or_take(mount, directory, resident, made_));
  v1_[mount] = directory;
  auto cpuset = host_.v1_mounts.find("cpuset");
  if (cpuset != host_.v1_mounts.end() && cpuset->second == mount) TRY(inherit_cpuset(mount, directory));
  return {};
}

Result<void> Cgroup::enable(const CgroupPlacement& placement) const {
  if (v2_.empty()) return {};
  std::set<std::string> needed;
  for (const CgroupSetting& setting : placement.v2) needed.insert(setting.controller);
  needed.erase("cgroup");  // the core is always there
  TRY(enable_controllers(host_.v2_mount, v2_, needed));
  // Without a limit it tells what killed a container; a host that does not let us have it runs the container all the
  // same.
  if (host_.on_v2("memory")) ignore(enable_controllers(host_.v2_mount, v2_, {"memory"}));
  return {};
}

Result<void> Cgroup::apply(const CgroupPlacement& placement, const std::optional<DevicePolicy>& devices) const {
  TRY(write_settings(v2_, placement.v2, Version::v2));
  for (const auto& [mount, settings] : placement.v1) TRY(write_settings(v1_.at(mount), settings, Version::v1));
  if (devices) TRY(apply_devices(*devices));
  return {};
}

Result<void> Cgroup::apply_devices(const DevicePolicy& policy) const {
  if (!v2_.empty()) {
    UniqueFd directory = TRY(open_directory(AT_FDCWD, v2_));
    return install_device_filter(directory.get(), compile_device_filter(policy));
  }
  std::string directory = v1_directory("devices");
  if (directory.empty())
    return make_error(Kind::unsupported,
                      "cannot filter devices (/linux/resources/devices): there is neither a cgroup v2 "
                      "nor a devices controller on this host",
                      "mount -t cgroup2 none /sys/fs/cgroup");
  for (const CgroupWrite& write : TRY(translate_devices_to_v1(policy)))
    TRY_AS("/linux/resources/devices", write_existing(AT_FDCWD, directory + "/" + write.file, write.value));
  return {};
}

Result<void> Cgroup::prepare_entry() {
  if (!v2_.empty()) v2_fd_ = TRY(open_directory(AT_FDCWD, v2_));
  v1_tasks_.clear();
  for (const auto& [mount, directory] : v1_) v1_tasks_.push_back(TRY(sys::open(directory + "/tasks", O_WRONLY)));
  return {};
}

std::optional<int> Cgroup::v2_directory() const {
  if (!v2_fd_) return std::nullopt;
  return v2_fd_.get();
}

Result<void> Cgroup::enter(bool born_inside) const {
  if (v2_fd_ && !born_inside) TRY_AS("enter the container's cgroup", write_existing(v2_fd_.get(), "cgroup.procs", "0"));
  // A thread that moves itself ("0" into tasks) needs no lock against fork and exit of its group (Linux 5.5), the
  // taking of which waits for RCU: 0.07 ms instead of 10.5 (Linux 6.18, HZ=250). The right to do so was checked when
  // prepare_entry() opened the files, so a child in a new user namespace has it.
  for (const UniqueFd& tasks : v1_tasks_) TRY_AS("enter the container's cgroup", sys::write_all(tasks.get(), "0"));
  return {};
}

Result<void> Cgroup::update(const oci::Resources& resources) {
  std::optional<DevicePolicy> devices = TRY(device_policy(resources));
  CgroupPlacement placement = TRY(placement_of(resources, host_));
  TRY(check_memory_use(resources, number_in(v2_ + "/memory.current")));
  TRY(check_memory_use(resources, number_in(v1_directory("memory") + "/memory.usage_in_bytes")));
  std::vector<pid_t> members = TRY(processes());
  for (const auto& [mount, settings] : placement.v1) {
    if (v1_.contains(mount)) continue;
    if (v2_.empty() && v1_.empty()) return make_error(Kind::unsupported, "the container has no cgroup");
    std::string path =
        v2_.empty() ? v1_.begin()->second.substr(v1_.begin()->first.size()) : v2_.substr(host_.v2_mount.size());
    TRY(add_v1(mount, mount + path));
    for (pid_t pid : members) TRY(write_existing(AT_FDCWD, mount + path + "/cgroup.procs", std::to_string(pid)));
  }
  TRY(enable(placement));
  return apply(placement, devices);
}

Result<void> Cgroup::remove() const {
  for (const std::string& directory : directories()) TRY(remove_cgroup(directory));
  return {};
}

std::string Cgroup::v1_directory(const std::string& controller) const {
  auto mount = host_.v1_mounts.find(controller);
  if (mount == host_.v1_mounts.end()) return {};
  auto directory = v1_.find(mount->second);
  return directory == v1_.end() ? std::string() : directory->second;
}

}  // namespace aictr::runtime
