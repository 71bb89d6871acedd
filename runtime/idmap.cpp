#include "runtime/idmap.h"

#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

constexpr std::size_t kMostRanges = 340;  // UID_GID_MAP_MAX_EXTENTS, Linux 4.15

bool overlap(std::uint64_t a, std::uint64_t b, std::uint64_t a_size, std::uint64_t b_size) {
  return a < b + b_size && b < a + a_size;
}

Result<void> check_range(const oci::IdMapping& range, std::string_view pointer) {
  constexpr std::uint64_t kEnd = 1ULL << 32;
  if (range.size == 0) return make_error(Kind::usage, fmt::format("{}/size must not be 0", pointer));
  if (range.container_id + std::uint64_t{range.size} > kEnd || range.host_id + std::uint64_t{range.size} > kEnd)
    return make_error(Kind::usage, fmt::format("{} goes beyond the last id", pointer));
  return {};
}

Result<void> check_ranges(const std::vector<oci::IdMapping>& ranges, const std::string& pointer) {
  if (ranges.size() > kMostRanges)
    return make_error(Kind::usage, fmt::format("{} has more than {} ranges", pointer, kMostRanges));
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    TRY(check_range(ranges[i], fmt::format("{}/{}", pointer, i)));
    for (std::size_t j = 0; j < i; ++j) {
      const auto &a = ranges[i], &b = ranges[j];
      if (overlap(a.container_id, b.container_id, a.size, b.size) || overlap(a.host_id, b.host_id, a.size, b.size))
        return make_error(Kind::usage, fmt::format("{}/{} overlaps {}/{}", pointer, i, pointer, j));
    }
  }
  return {};
}

}  // namespace

Result<IdMaps> plan_id_maps(const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids,
                            std::string_view pointer) {
  if (uids.empty() != gids.empty()) {
    return make_error(Kind::usage, fmt::format("{}/{} is missing: ids are mapped for users and groups or not at all",
                                               pointer, uids.empty() ? "uidMappings" : "gidMappings"));
  }
  TRY(check_ranges(uids, fmt::format("{}/uidMappings", pointer)));
  TRY(check_ranges(gids, fmt::format("{}/gidMappings", pointer)));
  return IdMaps{uids, gids};
}

std::string id_map_text(std::span<const oci::IdMapping> ranges) {
  std::string text;
  for (const oci::IdMapping& range : ranges)
    text += fmt::format("{} {} {}\n", range.container_id, range.host_id, range.size);
  return text;
}

Result<void> write_id_maps(pid_t pid, const IdMaps& maps) {
  UniqueFd process = TRY(sys::open(fmt::format("/proc/{}", pid), O_PATH | O_DIRECTORY));
  TRY(write_existing(process.get(), "uid_map", id_map_text(maps.uids)));
  auto written = write_existing(process.get(), "gid_map", id_map_text(maps.gids));
  if (!written.ok() && written.error().code == EPERM) {
    TRY(write_existing(process.get(), "setgroups", "deny"));
    written = write_existing(process.get(), "gid_map", id_map_text(maps.gids));
  }
  return written;
}

Result<UniqueFd> open_user_namespace(const IdMaps& maps) {
  sys::Cloned child = TRY(sys::clone3(CLONE_NEWUSER));
  if (child.pid == 0) {
    for (;;) ::pause();
  }
  Defer end([&] {
    // It does nothing but wait; that it is gone already is no matter.
    ignore(sys::pidfd_send_signal(child.pidfd.get(), SIGKILL));
    ignore(sys::wait(child.pid));
  });
  TRY(write_id_maps(child.pid, maps));
  return sys::open(fmt::format("/proc/{}/ns/user", child.pid), O_RDONLY);
}

}  // namespace aictr::runtime
