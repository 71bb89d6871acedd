#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::images {

// Something a step sees in its root file system and no layer keeps: a detached mount (a directory or one file), or a
// file that is made for it.
struct StepMount {
  struct File {
    std::string content;
    mode_t mode = 0400;
    uid_t uid = 0;
    gid_t gid = 0;
  };
  std::string target;  // absolute; made where it is missing
  UniqueFd tree;
  std::optional<File> file;
};

// One RUN step to execute. cli/ runs it as a container, so images/ knows nothing of runtime/.
struct Step {
  UniqueFd rootfs;                       // the detached mount to run in; writes to it become the layer
  std::vector<std::string> arguments;    // argv, as the shell or exec form gives it
  std::vector<std::string> environment;  // KEY=value: the stage's ENV and ARG, and proxies
  std::string user;                      // as USER stores it; empty: root
  std::string working_directory;
  bool network = true;            // the host's network, or none
  std::vector<StepMount> mounts;  // in this order
};

struct StepEnd {
  int exit_code = 0;  // 128+n for a signal
  bool killed_for_memory = false;
};

// What a step printed, as it comes; standard output and error together.
using OutputSink = std::function<void(std::string_view)>;

class StepRunner {
 public:
  virtual ~StepRunner() = default;
  // An Error when it could not be run at all.
  virtual Result<StepEnd> run(Step step, const OutputSink& output) = 0;
};

}  // namespace aictr::images
