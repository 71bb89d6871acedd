#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "images/build_observer.h"

namespace aictr::cli {

// Shows a build on standard error, in the words of BuildKit: "#5 [3/6] COPY . .", "CACHED", "DONE 0.3s".
class Progress : public images::BuildObserver {
 public:
  // Before anything else is printed: leaves the terminal as a person expects it. After a failure the failed step's log
  // is shown where it has not been.
  virtual void end() = 0;
};

// auto, tty, plain, rawjson or quiet; empty: as BUILDKIT_PROGRESS says, else auto. Auto is tty on a terminal that can
// move its cursor, else plain. Kind::usage for tty without such a terminal.
Result<std::unique_ptr<Progress>> make_progress(const std::string& how);

}  // namespace aictr::cli
