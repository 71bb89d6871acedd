#pragma once

// What a CDI file says about this host, against this host: files come and go with every new driver, and a file that
// was generated before would give a container half of the old one.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/cdi_registry.h"
#include "oci/container_edits.h"

namespace aictr::hooks {

struct HostPath {
  bool exists = false;   // what it leads to
  bool is_node = false;  // it is a device node itself, and no link to one
  bool trusted = true;   // belongs to root or to us, and nobody else may write to it
};

struct CdiHost {
  std::function<HostPath(const std::string& path)> look;
  std::string nvidia_version;  // of the loaded kernel module; empty: none is loaded

  static CdiHost live();
};

// The version of the NVIDIA driver that a library belongs to ("…/libcuda.so.535.104.05": "535.104.05"), empty for all
// other files. A driver's version begins with a number of three digits, which tells it from a library's own.
std::string driver_version_of(const std::string& path);

// Everything in the edits that names what this host does not have, or a driver that is not the loaded one, or a hook
// that others may write to. Each error names the file, the line and the key.
std::vector<Error> check_on_host(const CdiFile& file, const oci::ContainerEdits& edits, const std::string& pointer,
                                 const CdiHost& host);

// The same for a whole file, and for the devices that a container will get. The first error of the latter.
std::vector<Error> check_on_host(const CdiFile& file, const CdiHost& host);
Result<void> check_on_host(const std::vector<CdiRegistry::Entry>& entries, const CdiHost& host);

}  // namespace aictr::hooks
