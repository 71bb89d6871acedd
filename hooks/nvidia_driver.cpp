#include "hooks/nvidia_driver.h"

#include <optional>

#include "hooks/nvidia_version.h"

namespace aictr::hooks {

Result<NvidiaDriver> find_driver(const HostPaths& paths) {
  std::optional<Error> first_failure;
  for (const std::string& root : driver_roots(paths)) {
    HostPaths here = paths;
    here.driver = root;
    auto roots = HostRoots::open(here);
    if (!roots.ok()) {
      if (!first_failure) first_failure = roots.error();
      continue;
    }
    NvidiaDriver driver;
    driver.roots = std::move(roots).value();
    driver.version = TRY(loaded_driver_version(driver.roots));
    auto libraries = find_libraries(driver.roots, driver.version);
    if (!libraries.ok()) {
      if (!first_failure) first_failure = libraries.error();
      continue;
    }
    driver.libraries = std::move(libraries).value();
    driver.gpus = TRY(find_gpus(driver.roots));
    driver.files = find_driver_files(driver.roots, driver.version);
    return driver;
  }
  return *first_failure;
}

}  // namespace aictr::hooks
