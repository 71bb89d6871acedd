#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct VolumeCreateFlags {
  std::string driver = "local";
  std::string name;  // an old way to give it
  std::vector<std::string> label;
  std::vector<std::string> opt;
};
extern const CommandFor<VolumeCreateFlags> kVolumeCreateCommand;
Result<int> volume_create(const Globals& globals, const VolumeCreateFlags& flags,
                          const std::vector<std::string>& arguments);

struct VolumeListFlags {
  std::vector<std::string> filter;
  std::string format;
  bool quiet = false;
};
extern const CommandFor<VolumeListFlags> kVolumeListCommand;
Result<int> volume_list(const Globals& globals, const VolumeListFlags& flags,
                        const std::vector<std::string>& arguments);

struct VolumeInspectFlags {
  std::string format;
};
extern const CommandFor<VolumeInspectFlags> kVolumeInspectCommand;
Result<int> volume_inspect(const Globals& globals, const VolumeInspectFlags& flags,
                           const std::vector<std::string>& arguments);

struct VolumeRemoveFlags {
  bool force = false;
};
extern const CommandFor<VolumeRemoveFlags> kVolumeRemoveCommand;
Result<int> volume_remove(const Globals& globals, const VolumeRemoveFlags& flags,
                          const std::vector<std::string>& arguments);

struct VolumePruneFlags {
  bool all = false;
  bool force = false;
  std::vector<std::string> filter;
};
extern const CommandFor<VolumePruneFlags> kVolumePruneCommand;
Result<int> volume_prune(const Globals& globals, const VolumePruneFlags& flags,
                         const std::vector<std::string>& arguments);

}  // namespace aictr::cli
