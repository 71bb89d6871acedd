#include "hooks/host_roots.h"

#include <fcntl.h>

#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::hooks {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<UniqueFd> open_root(const std::string& given, const std::string& usual, const char* what) {
  const std::string& path = given.empty() ? usual : given;
  return TRY_AS(fmt::format("{} root", what), sys::open(path, O_PATH | O_DIRECTORY));
}

}  // namespace

HostPaths HostPaths::from_environment() {
  return {variable("AICTR_DRIVER_ROOT"), variable("AICTR_DEV_ROOT"), variable("AICTR_PROC_ROOT"),
          variable("AICTR_SYS_ROOT")};
}

std::vector<std::string> driver_roots(const HostPaths& paths) {
  if (!paths.driver.empty()) return {paths.driver};
  return {"/", "/run/nvidia/driver"};
}

Result<HostRoots> HostRoots::open(const HostPaths& paths) {
  HostRoots roots;
  roots.driver_path = paths.driver == "/" ? "" : paths.driver;
  while (roots.driver_path.ends_with('/')) roots.driver_path.pop_back();
  roots.driver = TRY(open_root(paths.driver, "/", "driver"));
  std::string own_dev = roots.driver_path + "/dev";
  bool brings_dev = paths.dev.empty() && sys::exists(AT_FDCWD, own_dev + "/nvidiactl");
  roots.dev = TRY(open_root(paths.dev, brings_dev ? own_dev : "/dev", "device"));
  roots.proc = TRY(open_root(paths.proc, "/proc", "proc"));
  roots.sys = TRY(open_root(paths.sys, "/sys", "sys"));
  return roots;
}

Result<UniqueFd> HostRoots::open_file(const std::string& path, int flags) const {
  return sys::open(driver.get(), path, flags, 0, sys::Resolve::in_root);
}

}  // namespace aictr::hooks
