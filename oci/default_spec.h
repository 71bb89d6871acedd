#pragma once

#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace aictr::oci {

// What a container gets when nobody asks for anything: all namespaces but the user's, Docker's fourteen capabilities,
// its masked and read-only paths, and its mounts. /dev/shm, seccomp, the network and limits are the caller's to add.
Spec default_spec();

// Docker's default set, by name.
std::vector<std::string> default_capabilities();

// Everything open, for --privileged: no masks, writable /sys and cgroups, every device. Capabilities are the caller's.
void make_privileged(Spec& spec);

// Adds NAME=value to an environment, in place of a NAME that is there.
void set_env(std::vector<std::string>& env, const std::string& assignment);
// The value of NAME, or null. The pointer lives as long as `env` is not changed.
const char* find_env(const std::vector<std::string>& env, std::string_view name);

}  // namespace aictr::oci
