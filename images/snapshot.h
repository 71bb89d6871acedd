#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/store.h"

namespace aictr::images {

// Where an overlay writes: two empty directories on one file system, absolute.
struct Writable {
  std::string upper;
  std::string work;
};

// The file system made of `layers`, lowest first, as a detached mount (overlayfs through fsopen(2)); writes go to
// `writable`, or it is read-only without. Nothing shows up in the host's mount table; the mount ends when its
// descriptor and every namespace it was attached in are gone. Kind::unsupported where the kernel has no overlayfs, with
// the mend.
Result<UniqueFd> mount_layers(const Store& store, std::span<const oci::Digest> layers,
                              const std::optional<Writable>& writable);

}  // namespace aictr::images
