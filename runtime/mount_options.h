#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::runtime {

// What to change in the attributes of a mount: struct mount_attr of mount_setattr(2), as far as it comes from words.
struct AttributeChange {
  std::uint64_t set = 0;    // MOUNT_ATTR_*
  std::uint64_t clear = 0;  // MOUNT_ATTR_*; an access time's mode is cleared as a whole (MOUNT_ATTR__ATIME)
  bool empty() const { return set == 0 && clear == 0; }
};

// MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE of one mount, or of everything below it too.
struct Propagation {
  std::uint64_t type = 0;
  bool recursive = false;
};

// `/mounts/n/options` sorted by what they act on. In the order of the list the later word wins.
struct MountOptions {
  enum class Bind { no, alone, with_submounts };
  Bind bind = Bind::no;
  bool remount = false;
  bool copy_up = false;  // tmpcopyup: a tmpfs starts with what was there before
  enum class IdMap { no, alone, with_submounts };
  IdMap id_map = IdMap::no;
  AttributeChange attributes;
  AttributeChange recursive_attributes;
  std::vector<Propagation> propagation;
  // For the file system itself: "ro", "sync", "mode=755". What no table knows is the file system's.
  std::vector<std::string> file_system;
};

// The words of "Linux mount options" in config.md of the runtime specification. Pure. Kind::unsupported for one that
// the kernel's mount interface has no place for.
Result<MountOptions> parse_mount_options(const std::vector<std::string>& options);

// Every word that parse_mount_options understands, sorted; for `features`.
std::vector<std::string> known_mount_options();

// "shared", "rslave", …: linux.rootfsPropagation. Nothing for a word that is none.
std::optional<Propagation> parse_propagation(std::string_view word);

}  // namespace aictr::runtime
