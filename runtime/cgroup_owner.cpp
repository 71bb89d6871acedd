#include "runtime/cgroup_owner.h"

#include <fcntl.h>
#include <linux/mount.h>

#include <algorithm>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

constexpr gid_t kAsItIs = static_cast<gid_t>(-1);

bool is_writable_cgroup(const MountOp& op) {
  std::uint64_t set = op.options.attributes.set | op.options.recursive_attributes.set;
  return op.what == MountOp::What::cgroup && (set & MOUNT_ATTR_RDONLY) == 0;
}

std::vector<std::string> files_to_give() {
  auto listed = read_file(AT_FDCWD, "/sys/kernel/cgroup/delegate");
  if (!listed.ok()) return {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control"};
  return words(listed.value());
}

}  // namespace

bool owns_cgroup(const CgroupHost& host, const NamespacePlan& namespaces, const std::vector<MountOp>& mounts) {
  return !host.v2_mount.empty() && host.v1_mounts.empty() && namespaces.creates(NamespaceType::cgroup) &&
         std::ranges::any_of(mounts, is_writable_cgroup);
}

std::optional<uid_t> id_outside(std::string_view uid_map, uid_t inside) {
  for (const std::string& line : split(uid_map, '\n')) {
    std::vector<std::string> parts = words(line);
    if (parts.size() != 3) continue;
    auto first = parse_number<uid_t>(parts[0]);
    auto outside = parse_number<uid_t>(parts[1]);
    auto count = parse_number<uid_t>(parts[2]);
    if (first && outside && count && inside >= *first && inside - *first < *count) return *outside + (inside - *first);
  }
  return std::nullopt;
}

Result<void> give_cgroup(const std::string& directory, uid_t owner) {
  UniqueFd cgroup = TRY(open_directory(AT_FDCWD, directory));
  TRY(sys::chown(cgroup.get(), ".", owner, kAsItIs));
  for (const std::string& file : files_to_give()) {
    auto given = sys::chown(cgroup.get(), file, owner, kAsItIs);
    // The list is of all controllers; this cgroup has the files of some.
    if (!given.ok() && given.error().code != ENOENT) return given;
  }
  return {};
}

}  // namespace aictr::runtime
