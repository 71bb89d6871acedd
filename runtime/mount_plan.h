#pragma once

// `/mounts` of config.json as a list of things to do, in order. Pure; rootfs.cpp does them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"
#include "runtime/idmap.h"
#include "runtime/mount_options.h"

namespace aictr::runtime {

struct MountOp {
  enum class What {
    file_system,  // a new one of `type`
    bind,         // a tree of the host
    remount,      // other attributes for what is mounted there
    cgroup,       // the container's own cgroup, where the container looks for it
  };
  What what = What::file_system;
  std::string pointer;      // "/mounts/3", for errors
  std::string destination;  // absolute in the container
  std::string type;
  std::string source;  // of a bind: absolute on the host
  MountOptions options;
  IdMaps id_maps;     // of an idmapped mount
  std::string label;  // of SELinux, for every file of a new file system
};

// `bundle` is where relative sources start. `container` are the container's own maps, which "idmap" means without maps
// of its own. `label` is linux.mountLabel; as with runc, file systems that are there once for all (proc, sysfs, mqueue)
// keep the labels that they have.
Result<std::vector<MountOp>> plan_mounts(const std::vector<oci::Mount>& mounts, std::string_view bundle,
                                         const IdMaps& container, const std::string& label = {});

// True when the list mounts something at exactly this destination.
bool mounts_at(const std::vector<MountOp>& ops, std::string_view destination);

// "/a//./b/../c" becomes "/a/c"; ".." ends at the root. A relative path is taken from the root.
std::string clean_container_path(std::string_view path);

}  // namespace aictr::runtime
