#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// Something that a person has mounted into a container, as the container's record keeps it ("mounts" of
// container.json).
struct ContainerMount {
  std::string kind;                          // "bind", "volume" or "tmpfs"
  std::string volume;                        // the volume's name
  std::string source;                        // absolute on the host; empty for a tmpfs
  std::string destination;                   // absolute in the container, without "." and ".."
  std::vector<std::string> options;          // mount options as the runtime specification has them
  std::string file_system;                   // what a volume with options mounts, by type; empty: a bind of the source
  bool anonymous = false;                    // the volume was made for this container, and goes with it
  bool fill = false;                         // the volume takes what the image has there when it is empty
  bool chown = false;                        // the source is given to the container's user (U)
  std::vector<oci::IdMapping> uid_mappings;  // ids on the disk to ids seen; "idmap" without them means the container's
  std::vector<oci::IdMapping> gid_mappings;

  bool read_only() const;
};

oci::Mount spec_mount(const ContainerMount& mount);

// What Docker shows as the propagation of a mount: "rprivate", "rslave", …; empty for a tmpfs.
std::string propagation_of(const ContainerMount& mount);

// Mounts take the places of those that the spec has there already. A mount comes after those that it lies below.
void add_mounts(oci::Spec& spec, const std::vector<ContainerMount>& mounts);

}  // namespace aictr::cli
