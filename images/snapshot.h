#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/store.h"

namespace aictr::images {

// Where an overlay writes: two empty directories on one file system, absolute. The upper one takes mode and owner of
// the topmost layer's root, as it is the root that the container sees.
struct Writable {
  std::string upper;
  std::string work;
  bool skip_sync = false;  // fsync(2) inside does nothing (Linux 5.10, else without effect): for what is rebuilt anyway
  std::string under{};     // a directory of files that lie over the layers and that no layer keeps; empty: none
};

// What a layer alone holds, in overlayfs's form (whiteout.h): its directory, or a detached mount of its index.
// Kind::corrupt when it is missing. The caller holds the store.
Result<UniqueFd> open_layer(const Store& store, const oci::Digest& diff_id);

// The file system made of `layers`, lowest first, as a detached mount (overlayfs through fsopen(2)); writes go to
// `writable`, or it is read-only without. Nothing shows up in the host's mount table (but for a moment before
// Linux 6.7, with more than a dozen layers); the mount ends when its descriptor and every namespace it was attached in
// are gone. Kind::unsupported where the kernel has no overlayfs or the directories are where it cannot write, with the
// mend; Kind::corrupt when a layer is missing. The caller holds the store (Store::hold) until it has the mount.
Result<UniqueFd> mount_layers(const Store& store, std::span<const oci::Digest> layers,
                              const std::optional<Writable>& writable);

}  // namespace aictr::images
