#include "runtime/cgroup_tree.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

constexpr mode_t kMode = 0755;

Error with_mend(Error error, const std::string& mount) {
  if (error.code == EROFS || error.code == EACCES)
    return std::move(error).with_hint(fmt::format(
        "'{0}' must be writable: mount -o remount,rw '{0}'; in a container, run that one with its own writable cgroups",
        mount));
  return error;
}

// "/sys/fs/cgroup", "/sys/fs/cgroup/aictr", … down to the parent of `path`.
std::vector<std::string> ancestors(const std::string& mount, const std::string& path) {
  std::vector<std::string> list = {mount};
  for (std::size_t slash = path.find('/', mount.size() + 1); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    list.push_back(path.substr(0, slash));
  return list;
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Result<std::set<std::string>> available_in(const std::string& cgroup) {
  std::vector<std::string> list = words(trim(TRY(read_file(AT_FDCWD, cgroup + "/cgroup.controllers"))));
  return std::set<std::string>(list.begin(), list.end());
}

Error cannot_enable(Error error, const std::string& cgroup, const std::string& controller) {
  std::string hint = "the hierarchy must be writable for aictr";
  if (error.code == EBUSY)
    hint = fmt::format("processes live in '{}' itself: move them into a cgroup below it first", cgroup);
  if (error.code == ENOENT) hint = fmt::format("enable it in cgroup.subtree_control of the cgroup above '{}'", cgroup);
  return std::move(error)
      .context(fmt::format("enable the {} controller in '{}'", controller, cgroup))
      .with_hint(std::move(hint))
      .with_kind(Kind::unsupported);
}

Result<void> inherit_file(const std::string& parent, const std::string& cgroup, const std::string& file) {
  std::string own = TRY(read_file(AT_FDCWD, cgroup + file));
  if (!trim(own).empty()) return {};
  std::string above = TRY(read_file(AT_FDCWD, parent + file));
  return write_existing(AT_FDCWD, cgroup + file, trim(above));
}

enum class Written { yes, retry };

Result<Written> write_setting(const std::string& directory, const CgroupSetting& setting, Version version) {
  const std::vector<CgroupWrite>& writes = version == Version::v2 ? setting.v2 : setting.v1;
  bool any = false;
  bool refused = false;
  for (const CgroupWrite& write : writes) {
    auto done = write_existing(AT_FDCWD, directory + "/" + write.file, write.value);
    if (!done.ok() && done.error().code == ENOENT) continue;
    if (!done.ok() && done.error().code != EINVAL) return std::move(done).error().context(setting.json_path);
    any = true;
    // What comes behind it may be what makes it possible: a period that the old quota does not go with.
    refused = refused || !done.ok();
  }
  if (!any) return missing_file(setting, writes);
  return refused ? Written::retry : Written::yes;
}

Result<void> write_again(const std::string& directory, const CgroupSetting& setting, Version version) {
  if (TRY(write_setting(directory, setting, version)) == Written::yes) return {};
  const CgroupWrite& write = version == Version::v2 ? setting.v2.back() : setting.v1.back();
  return make_error(Kind::usage,
                    fmt::format("{}: the kernel refuses '{}' for {}", setting.json_path, write.value, write.file));
}

Result<void> collect_processes(const std::string& directory, std::vector<pid_t>& pids) {
  for (const std::string& line : split(TRY(read_file(AT_FDCWD, directory + "/cgroup.procs")), '\n')) {
    if (auto pid = parse_number<int>(line)) pids.push_back(*pid);
  }
  return {};
}

// The cgroup and those below it, deepest first. A directory without directories below has a link count of 2 (kernfs).
Result<std::vector<std::string>> subtree(const std::string& directory) {
  std::vector<std::string> found;
  struct stat own = TRY(sys::stat(AT_FDCWD, directory));
  if (own.st_nlink == 2) return std::vector<std::string>{directory};
  for (const std::string& name : TRY(list_directory(AT_FDCWD, directory))) {
    std::string child = directory + "/" + name;
    auto status = sys::stat(AT_FDCWD, child);
    if (!status.ok() || !S_ISDIR(status.value().st_mode)) continue;
    std::vector<std::string> below = TRY(subtree(child));
    found.insert(found.end(), below.begin(), below.end());
  }
  found.push_back(directory);
  return found;
}

bool is_gone(const Error& error) {
  return error.code == ENOENT || error.code == ENODEV;
}

Result<void> remove_once(const std::string& directory) {
  auto removed = sys::unlink(AT_FDCWD, directory, AT_REMOVEDIR);
  if (removed.ok() || is_gone(removed.error())) return {};
  if (removed.error().code != EBUSY && removed.error().code != ENOTEMPTY) return removed;
  // Busy: with processes, or with cgroups that the container made below.
  auto below = subtree(directory);
  if (!below.ok()) return is_gone(below.error()) ? Result<void>() : std::move(below).error();
  for (const std::string& cgroup : below.value()) {
    removed = sys::unlink(AT_FDCWD, cgroup, AT_REMOVEDIR);
    if (!removed.ok() && !is_gone(removed.error())) return removed;
  }
  return {};
}

constexpr std::size_t kMostAtOnce = 200;  // descriptors, of which a process may have few

Result<void> signal_some(const std::string& directory, std::span<const pid_t> pids, int signal) {
  std::vector<std::pair<pid_t, UniqueFd>> opened;
  for (pid_t pid : pids) {
    auto process = sys::pidfd_open(pid);
    if (process.ok()) opened.emplace_back(pid, std::move(process).value());  // else it is gone
  }
  // Who is listed still was a member when its descriptor was opened, or has ended since.
  std::vector<pid_t> members = TRY(processes_in(directory));
  for (const auto& [pid, process] : opened) {
    if (!std::ranges::binary_search(members, pid)) continue;
    auto sent = sys::pidfd_send_signal(process.get(), signal);
    if (!sent.ok() && sent.error().code != ESRCH) return sent;
  }
  return {};
}

}  // namespace

Result<bool> make_cgroup(const std::string& mount, const std::string& path) {
  auto made = sys::mkdir(AT_FDCWD, path, kMode);
  if (!made.ok() && made.error().code == ENOENT) {
    if (auto parents = make_directories(AT_FDCWD, parent_of(path), kMode); !parents.ok())
      return with_mend(std::move(parents).error(), mount);
    made = sys::mkdir(AT_FDCWD, path, kMode);
  }
  if (made.ok()) return true;
  if (made.error().code == EEXIST) return false;
  return with_mend(std::move(made).error(), mount);
}

Result<void> enable_controllers(const std::string& mount, const std::string& path,
                                const std::set<std::string>& controllers) {
  std::set<std::string> present = TRY(available_in(path));
  if (std::includes(present.begin(), present.end(), controllers.begin(), controllers.end())) return {};
  for (const std::string& ancestor : ancestors(mount, path)) {
    // One at a time: a write of several is refused as a whole for the sake of one.
    for (const std::string& controller : controllers) {
      auto enabled = write_existing(AT_FDCWD, ancestor + "/cgroup.subtree_control", "+" + controller);
      if (!enabled.ok()) return cannot_enable(std::move(enabled).error(), ancestor, controller);
    }
  }
  return {};
}

Result<void> inherit_cpuset(const std::string& mount, const std::string& path) {
  std::vector<std::string> chain = ancestors(mount, path);
  chain.push_back(path);
  for (std::size_t i = 1; i < chain.size(); ++i) {
    TRY(inherit_file(chain[i - 1], chain[i], "/cpuset.cpus"));
    TRY(inherit_file(chain[i - 1], chain[i], "/cpuset.mems"));
  }
  return {};
}

Result<void> write_settings(const std::string& directory, const std::vector<CgroupSetting>& settings, Version version) {
  std::vector<const CgroupSetting*> refused;
  for (const CgroupSetting& setting : settings) {
    if (TRY(write_setting(directory, setting, version)) == Written::retry) refused.push_back(&setting);
  }
  for (const CgroupSetting* setting : refused) TRY(write_again(directory, *setting, version));
  return {};
}

Result<std::vector<pid_t>> processes_in(const std::string& directory) {
  std::vector<pid_t> pids;
  for (const std::string& cgroup : TRY(subtree(directory))) TRY(collect_processes(cgroup, pids));
  std::sort(pids.begin(), pids.end());
  return pids;
}

Result<void> signal_processes_in(const std::string& directory, int signal) {
  std::vector<pid_t> pids = TRY(processes_in(directory));
  for (std::size_t from = 0; from < pids.size(); from += kMostAtOnce) {
    std::size_t count = std::min(kMostAtOnce, pids.size() - from);
    TRY(signal_some(directory, std::span<const pid_t>(pids).subspan(from, count), signal));
  }
  return {};
}

Result<void> remove_cgroup(const std::string& directory) {
  using namespace std::chrono_literals;
  auto deadline = std::chrono::steady_clock::now() + 1s;
  for (auto pause = 200us;; pause = std::min<std::chrono::microseconds>(pause * 2, 20ms)) {
    auto removed = remove_once(directory);
    if (removed.ok() || std::chrono::steady_clock::now() > deadline) return removed;
    if (removed.error().kind != Kind::busy) return removed;
    std::this_thread::sleep_for(pause);
  }
}

bool any_frozen(const std::vector<std::string>& directories) {
  return std::ranges::any_of(directories, [](const std::string& directory) {
    auto v2 = read_file(AT_FDCWD, directory + "/cgroup.freeze");
    if (v2.ok()) return trim(v2.value()) == "1";
    auto v1 = read_file(AT_FDCWD, directory + "/freezer.state");
    return v1.ok() && trim(v1.value()) != "THAWED";
  });
}

std::int64_t counter_in(const std::string& file, std::string_view key) {
  for (const std::string& line : split(read_file(AT_FDCWD, file).value_or(""), '\n')) {
    std::vector<std::string> parts = words(line);
    if (parts.size() == 2 && parts[0] == key) return parse_number<std::int64_t>(parts[1]).value_or(-1);
  }
  return -1;
}

std::int64_t number_in(const std::string& file) {
  return parse_number<std::int64_t>(trim(read_file(AT_FDCWD, file).value_or(""))).value_or(-1);
}

}  // namespace aictr::runtime
