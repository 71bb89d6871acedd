#pragma once

// Makes what nvidia_edits.h plans real for one container. Everything that is mounted comes from the host by descriptor;
// of the container's files only the library cache is read.

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "hooks/nvidia_edits.h"

namespace aictr::hooks {

struct MadeMount {
  std::string destination;  // where it really lies in the container
  UniqueFd tree;            // detached
};

struct MadeFiles {
  std::vector<MadeMount> mounts;
  std::string library_path;  // the directories of the driver's libraries, for LD_LIBRARY_PATH
};

// `root`: the container's layers, mounted. `under` and `proc`: directories of ours that are made: the tree that is to
// lie between the layers and what the container writes (under_tree.h), and what is shown as /proc/driver.
Result<MadeFiles> make_nvidia_files(const NvidiaDriver& driver, const NvidiaEdits& edits,
                                    const std::vector<ChosenGpu>& chosen, int root, const std::string& under,
                                    const std::string& proc);

}  // namespace aictr::hooks
