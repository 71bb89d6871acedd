#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::images {

// An overlay to be mounted, by descriptors, so that no character of a path needs escaping and no path is too long.
struct Overlay {
  std::span<const UniqueFd> lowers;  // lowest first; at least one, or two without an upper directory
  int upper = -1;                    // -1: read-only
  int work = -1;
  bool skip_sync = false;  // the mount option "volatile" (Linux 5.10)
};

// The ways to mount it, as kernels grew them. Each gives a detached mount; Kind::unsupported when this kernel lacks the
// way.
Result<UniqueFd> mount_by_layer(const Overlay& overlay);    // fsconfig "lowerdir+", Linux 6.7
Result<UniqueFd> mount_by_option(const Overlay& overlay);   // fsconfig "lowerdir", Linux 5.2; up to 255 bytes
Result<UniqueFd> mount_by_old_call(const Overlay& overlay,  // mount(2), up to 4095 bytes: some 200 layers; shows in the
                                   const std::string& mount_point);  // host's mount table for a moment

}  // namespace aictr::images
