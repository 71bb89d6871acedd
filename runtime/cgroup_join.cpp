// Where in a container's cgroup a later process goes.

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "runtime/cgroup.h"

namespace aictr::runtime {
namespace {

Result<void> check_stays_inside(const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  if (std::ranges::find(parts, "..") == parts.end()) return {};
  return make_error(Kind::usage, fmt::format("bad sub cgroup path '{}'", path));
}

Error no_such_cgroup(const std::string& path) {
  return make_error(Kind::not_found, fmt::format("adding pid to cgroup '{}': no such file or directory", path),
                    "it is named from the container's own cgroup on, and must exist");
}

struct Wanted {
  std::vector<std::string> controllers;  // empty: every hierarchy
  std::string path;

  bool names(const CgroupHost& host, const std::string& v1_mount) const {
    auto is_there = [&](const std::string& controller) {
      auto at = host.v1_mounts.find(controller);
      return at != host.v1_mounts.end() && at->second == v1_mount;
    };
    return controllers.empty() || std::ranges::any_of(controllers, is_there);
  }
};

Result<Wanted> parse_wanted(const std::string& text, const CgroupHost& host) {
  auto colon = text.find(':');
  Wanted wanted;
  if (colon != std::string::npos) wanted.controllers = split(std::string_view(text).substr(0, colon), ',');
  wanted.path = colon == std::string::npos ? text : text.substr(colon + 1);
  TRY(check_stays_inside(wanted.path));
  for (const std::string& controller : wanted.controllers) {
    if (!host.v1_mounts.contains(controller))
      return make_error(Kind::usage, fmt::format("unknown controller '{}' (of cgroup v1) in '{}'", controller, text));
  }
  return wanted;
}

bool descend(std::string& directory, const std::string& path) {
  if (!sys::exists(AT_FDCWD, directory + "/" + path + "/cgroup.procs")) return false;
  directory += "/" + path;
  return true;
}

}  // namespace

Result<Cgroup> Cgroup::below(const std::vector<std::string>& paths) const {
  Cgroup place = adopt(host_, directories());
  for (const std::string& text : paths) {
    Wanted wanted = TRY(parse_wanted(text, host_));
    bool found = wanted.controllers.empty() && !place.v2_.empty() && descend(place.v2_, wanted.path);
    for (auto& [mount, directory] : place.v1_) {
      if (wanted.names(host_, mount)) found = descend(directory, wanted.path) || found;
    }
    if (!found) return no_such_cgroup(text);
  }
  return place;
}

Result<Cgroup> Cgroup::around(pid_t pid) const {
  Cgroup place = adopt(host_, directories());
  for (const std::string& line : split(TRY(read_file(AT_FDCWD, fmt::format("/proc/{}/cgroup", pid))), '\n')) {
    if (!line.starts_with("0::")) continue;
    std::string directory = host_.v2_mount + line.substr(3);
    if (directory.starts_with(v2_ + "/")) place.v2_ = directory;
  }
  return place;
}

}  // namespace aictr::runtime
