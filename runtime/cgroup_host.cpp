#include "runtime/cgroup_host.h"

#include <fcntl.h>
#include <linux/magic.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

// Every controller that cgroup v1 ever had (cgroups(7)); what else stands among a mount's options is no controller.
constexpr std::array<std::string_view, 14> kV1Controllers = {
    "cpu",      "cpuacct", "cpuset",     "memory",  "devices", "freezer", "net_cls",
    "net_prio", "blkio",   "perf_event", "hugetlb", "pids",    "rdma",    "misc",
};

struct MountLine {
  std::string mount_point;
  std::string type;
  std::vector<std::string> super_options;
  bool writable = false;
};

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The kernel writes blanks and backslashes in a path as three octal digits.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view digits = text[i] == '\\' ? text.substr(i + 1, 3) : std::string_view();
    auto code = digits.size() == 3 ? parse_number<unsigned>(digits, 8) : std::nullopt;
    plain += code ? static_cast<char>(*code) : text[i];
    if (code) i += 3;
  }
  return plain;
}

// "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:1 - tmpfs tmpfs rw,mode=755"
std::optional<MountLine> parse_line(std::string_view line) {
  std::vector<std::string> fields = words(line);
  auto dash = std::find(fields.begin(), fields.end(), "-");
  if (dash - fields.begin() < 6 || fields.end() - dash < 4) return std::nullopt;
  MountLine mount;
  mount.mount_point = unescape(fields[4]);
  mount.type = dash[1];
  mount.super_options = split(dash[3], ',');
  mount.writable = contains(split(fields[5], ','), "rw") && contains(mount.super_options, "rw");
  return mount;
}

// Remembers the best mount of every hierarchy.
class Collector {
 public:
  void add(const MountLine& mount) {
    if (mount.type == "cgroup2") {
      take(host_.v2_mount, mount);
    } else if (mount.type == "cgroup") {
      for (const std::string& option : mount.super_options) {
        bool known = std::find(kV1Controllers.begin(), kV1Controllers.end(), option) != kV1Controllers.end();
        if (known) take(host_.v1_mounts[option], mount);
      }
    }
  }
  CgroupHost host() && { return std::move(host_); }

 private:
  void take(std::string& slot, const MountLine& mount) {
    if (!slot.empty() && (!mount.writable || writable_.contains(slot))) return;
    slot = mount.mount_point;
    if (mount.writable) writable_.insert(slot);
  }

  CgroupHost host_;
  std::set<std::string> writable_;
};

}  // namespace

CgroupHost CgroupHost::parse(std::string_view mountinfo) {
  Collector collector;
  while (!mountinfo.empty()) {
    std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    if (line.find(" - cgroup") == std::string_view::npos) continue;
    if (auto mount = parse_line(line)) collector.add(*mount);
  }
  return std::move(collector).host();
}

Result<CgroupHost> CgroupHost::detect() {
  CgroupHost host;
  // Where every controller is on v2 this one call spares the list of mounts, which may have thousands of lines.
  auto magic = sys::file_system_magic(AT_FDCWD, "/sys/fs/cgroup");
  if (magic.ok() && magic.value() == CGROUP2_SUPER_MAGIC) {
    host.v2_mount = "/sys/fs/cgroup";
  } else {
    host = parse(TRY(read_file(AT_FDCWD, "/proc/self/mountinfo")));
  }
  if (!host.v2_mount.empty())
    host.v2_controllers = words(trim(TRY(read_file(AT_FDCWD, host.v2_mount + "/cgroup.controllers"))));
  return host;
}

bool CgroupHost::on_v2(std::string_view controller) const {
  return contains(v2_controllers, controller);
}

}  // namespace aictr::runtime
