#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/cgroup_host.h"

namespace aictr::cli {

// How a kernel has something: at hand, as a module that it loads when it is used, or not at all.
enum class Presence { here, loadable, absent };

// What `doctor` looks at. Each part can be unknown: empty, or as it stands here.
struct DoctorFacts {
  std::string kernel;  // "6.1.0-18-amd64"
  unsigned kernel_major = 0;
  unsigned kernel_minor = 0;
  Presence overlay = Presence::absent;
  Presence erofs = Presence::absent;
  bool seccomp = false;
  std::set<std::string> namespaces;  // names in /proc/self/ns
  std::optional<std::int64_t> max_user_namespaces;
  bool users_may_make_namespaces = true;  // kernel.unprivileged_userns_clone, kernel.apparmor_restrict_…

  bool is_root = false;
  std::vector<std::string> missing_capabilities;  // of those that aictr uses; for root only
  std::string user;                               // name, or number
  bool has_subuids = false;                       // rows for the user in /etc/subuid and /etc/subgid
  bool has_subgids = false;

  runtime::CgroupHost cgroups;
  std::optional<std::set<std::string>> delegated;  // controllers of our own cgroup, when we may make groups in it

  bool has_nvidia_device = false;          // on the PCI bus
  std::string nvidia_module;               // version of the loaded kernel module
  std::set<std::string> nvidia_libraries;  // versions of libcuda.so.VERSION
  std::vector<std::string> nvidia_nodes;   // /dev/nvidia…

  std::size_t cdi_files = 0;
  std::vector<std::string> cdi_problems;

  std::string store;
  std::optional<std::uint64_t> free_bytes;  // where the store is, for us

  std::set<std::string> programs;  // of those that aictr runs: found in PATH or where distributions put them

  static DoctorFacts gather(const std::string& store);
};

}  // namespace aictr::cli
