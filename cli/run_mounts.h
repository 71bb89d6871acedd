#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/container.h"
#include "cli/mount_request.h"
#include "cli/run_command.h"
#include "cli/volume.h"
#include "oci/image_spec.h"

namespace aictr::cli {

// What -v, --mount, --tmpfs, --volumes-from, --read-only and the image's VOLUMEs put into a container, with the volumes
// that had to be made for it.
class RunMounts {
 public:
  // Kind::usage for what has no meaning, Kind::not_found for a source that is not there: it is never made, because a
  // mistyped path would become an empty directory. Volumes that are missing are made.
  static Result<RunMounts> prepare(const RunFlags& flags, const oci::ContainerConfig& image,
                                   const Containers& containers, const std::string& current_directory);
  RunMounts(RunMounts&&) = default;
  RunMounts(const RunMounts&) = delete;
  RunMounts& operator=(RunMounts&&) = delete;
  ~RunMounts();  // removes the anonymous volumes that it made, unless recorded() was called

  const std::vector<ContainerMount>& list() const { return mounts_; }

  // The container's record has them now, and keeps their volumes.
  void recorded();

 private:
  RunMounts() = default;
  Result<void> open_volumes();
  Result<void> add(MountRequest request);
  Result<void> add_volume(MountRequest& request);
  Result<void> add_volumes_from(const std::string& text, const Containers& containers);
  bool has(const std::string& destination) const;
  std::string root_;
  std::vector<ContainerMount> mounts_;
  std::optional<Volumes> volumes_;  // none until a volume is spoken of
  std::optional<FileLock> held_;
  bool recorded_ = false;
};

// What is left to do for a mount once the container's root file system can be looked into and its user is known: empty
// volumes are filled, and sources that the user shall own (U) are given to `owner`, ids as the source has them.
struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};
Result<void> complete_mounts(const std::string& root, const std::vector<ContainerMount>& mounts, int rootfs,
                             Owner owner);

// Pure: what all flags ask for, in their order. Kind::usage when two name one place.
Result<std::vector<MountRequest>> requested_mounts(const RunFlags& flags, const std::string& current_directory);

}  // namespace aictr::cli
