#pragma once

// What is done to a container that has been created, and what it tells about itself.

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "oci/container_stats.h"
#include "oci/linux_spec.h"
#include "runtime/container.h"

namespace aictr::runtime {

// Kind::busy in the wrong state: stopped, or paused already, or not paused. Needs a v2 cgroup (Linux 5.2) or v1's
// freezer: Kind::unsupported without.
Result<void> pause(const StateRoot& root, const std::string& id);
Result<void> resume(const StateRoot& root, const std::string& id);

// Sets the limits that `resources` names and leaves the others. Kind::busy for a stopped container.
Result<void> update(const StateRoot& root, const std::string& id, const oci::Resources& resources);

// Writes lines to the schemata of the container's resctrl group. Kind::usage for a container that has none.
Result<void> update_schemata(const StateRoot& root, const std::string& id, const std::vector<std::string>& lines);

// Everything that runs in the container, in the caller's numbers, sorted.
Result<std::vector<pid_t>> processes(const StateRoot& root, const std::string& id);

// What it uses now. Kind::busy for a stopped container.
Result<oci::ContainerStats> stats(const StateRoot& root, const std::string& id);

}  // namespace aictr::runtime
