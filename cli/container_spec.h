#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// The parts of a spec that only a container that exists can tell: its root file system, its directory and its id.

// Looks USER or --user and --group-add up in the container's own files, through its root, and sets HOME.
Result<void> set_user(oci::Process& process, const std::string& user, const std::vector<std::string>& groups,
                      int rootfs);

// Puts a small first process from our own installation in front of the command.
Result<void> add_init(oci::Spec& spec);

// The short id as the host name, unless one is given; also in HOSTNAME.
void set_hostname(oci::Spec& spec, const std::string& given, const std::string& id);

}  // namespace aictr::cli
