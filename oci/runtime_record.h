#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::oci {

// What the runtime remembers of a container between two commands: one file, format 1.
struct RuntimeRecord {
  int format = 1;
  std::string oci_version;
  std::string id;
  std::string bundle;   // absolute
  std::string rootfs;   // absolute
  std::string created;  // RFC 3339
  std::map<std::string, std::string> annotations;
  pid_t pid = 0;                 // of the first process, in the PID namespace of whoever created it; 0: none yet
  std::uint64_t start_time = 0;  // of that process, in clock ticks since boot: tells it from a later one of its number
  bool own_pid_namespace = false;
  bool shares_mounts = false;        // its mount namespace is somebody else's; its root is not that namespace's
  std::string cgroups_path;          // from the root of a hierarchy on
  std::string scope;                 // the unit of systemd that holds it; empty: the cgroup is our own
  std::vector<std::string> cgroups;  // absolute directories, once they are made
  std::string resctrl_group;         // the absolute directory of its shares of caches and memory; empty: none
  std::vector<std::string> resctrl;  // absolute directories that were made for it, in the order of their removal
  Process process;                   // of the container; what exec starts from
  std::optional<Personality> personality;
  std::optional<MemoryPolicy> memory_policy;
  std::vector<std::string> outside_mounts;  // destinations of what is mounted from the host
  std::vector<std::string> masked_paths;
  std::string network;        // the path of a network namespace that it has joined
  std::string listener_path;  // linux.seccomp's, and what is to be told there
  std::string listener_metadata;
  std::string seccomp;  // the filter, compiled (seccomp_text.h); empty: none
  bool no_new_keyring = false;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;
};

std::string print_record(const RuntimeRecord& record);
Result<RuntimeRecord> parse_record(std::string_view json);

}  // namespace aictr::oci
