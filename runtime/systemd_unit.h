#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::runtime {

// The scope that holds a container when systemd manages cgroups.
struct ScopeName {
  std::string slice;  // "machine-qemu.slice"
  std::string unit;   // "aictr-web.scope"

  // Below the cgroup of the manager: "/machine.slice/machine-qemu.slice/aictr-web.scope" (systemd.slice(5)).
  std::string cgroup() const;
};

// Pure: what linux.cgroupsPath means with --systemd-cgroup: "slice:prefix:name", as runc reads it. Empty: the default
// slice, "aictr" and the container's id. An empty slice is "system.slice", or "user.slice" for a manager of a user.
enum class Manager { system, user };
Result<ScopeName> scope_name(std::string_view cgroups_path, const std::string& id, Manager manager);

// How systemd writes a unit's name in its object path: every byte but letters and digits as "_2e".
std::string object_path_of(std::string_view unit);

}  // namespace aictr::runtime
