#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/linux_spec.h"

namespace aictr::runtime {

// Which ids of a user namespace are which ids outside (user_namespaces(7)).
struct IdMaps {
  std::vector<oci::IdMapping> uids;
  std::vector<oci::IdMapping> gids;
  bool empty() const { return uids.empty() && gids.empty(); }
};

// Pure: at most 340 ranges, none empty, none beyond 2^32, none overlapping another on either side. `pointer` is the
// JSON pointer of the object that has uidMappings and gidMappings.
Result<IdMaps> plan_id_maps(const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids,
                            std::string_view pointer);

// Lines of /proc/PID/uid_map.
std::string id_map_text(std::span<const oci::IdMapping> ranges);

// Writes both maps of a process that was born in a new user namespace and that nobody has mapped yet. A caller without
// CAP_SETGID outside gives up setgroups(2) for it, as the kernel asks.
Result<void> write_id_maps(pid_t pid, const IdMaps& maps);

// A user namespace with these maps and no process in it, for the id map of a mount (mount_setattr(2)).
Result<UniqueFd> open_user_namespace(const IdMaps& maps);

}  // namespace aictr::runtime
