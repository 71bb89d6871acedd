#include "cli/container_mount.h"

#include <algorithm>

namespace aictr::cli {

bool ContainerMount::read_only() const {
  return std::ranges::any_of(options, [](const std::string& option) { return option == "ro" || option == "rro"; });
}

oci::Mount spec_mount(const ContainerMount& mount) {
  oci::Mount made;
  made.destination = mount.destination;
  made.source = mount.source;
  made.options = mount.options;
  made.uid_mappings = mount.uid_mappings;
  made.gid_mappings = mount.gid_mappings;
  if (mount.kind == "tmpfs") {
    made.type = made.source = "tmpfs";
  } else {
    made.type = mount.file_system.empty() ? "bind" : mount.file_system;
  }
  return made;
}

std::string propagation_of(const ContainerMount& mount) {
  for (const std::string& option : mount.options) {
    std::string_view word = option;
    if (word.starts_with('r')) word.remove_prefix(1);
    if (word == "private" || word == "shared" || word == "slave") return option;
  }
  return "";
}

void add_mounts(oci::Spec& spec, const std::vector<ContainerMount>& mounts) {
  std::vector<ContainerMount> sorted = mounts;
  auto depth = [](const ContainerMount& mount) { return std::ranges::count(mount.destination, '/'); };
  std::ranges::stable_sort(sorted, {}, depth);
  for (const ContainerMount& mount : sorted) {
    std::erase_if(spec.mounts, [&](const oci::Mount& old) { return old.destination == mount.destination; });
    spec.mounts.push_back(spec_mount(mount));
  }
}

}  // namespace aictr::cli
