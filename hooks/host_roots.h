#pragma once

// Where a driver is looked for. On most machines it is the host's own "/", "/dev", "/proc" and "/sys"; a driver that
// comes in a container of its own is below /run/nvidia/driver, and tests make machines up. Everything is opened below
// these descriptors, so that an absolute link of a driver root stays inside of it.

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::hooks {

// Absolute; an empty one means the machine's own.
struct HostPaths {
  std::string driver;  // stands for "/" of the driver's files
  std::string dev;     // stands for /dev
  std::string proc;    // stands for /proc
  std::string sys;     // stands for /sys

  // From AICTR_DRIVER_ROOT, AICTR_DEV_ROOT, AICTR_PROC_ROOT and AICTR_SYS_ROOT of our own environment.
  static HostPaths from_environment();
};

struct HostRoots {
  std::string driver_path;  // of the driver root, without a '/' at its end: "" for "/"
  UniqueFd driver;
  UniqueFd dev;
  UniqueFd proc;
  UniqueFd sys;

  // Kind::not_found names the root that is not there. A driver root that has device nodes of its own brings its dev.
  static Result<HostRoots> open(const HostPaths& paths);

  // Opens a file of the driver, for reading or with O_PATH. `path` is absolute below the driver root.
  Result<UniqueFd> open_file(const std::string& path, int flags) const;
};

// The driver roots to try, the likeliest first: the one that is given, or "/" and where a driver's container puts it.
std::vector<std::string> driver_roots(const HostPaths& paths);

}  // namespace aictr::hooks
