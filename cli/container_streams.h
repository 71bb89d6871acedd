#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::cli {

// The standard streams of a container's first process: pipes, whose other ends are the monitor's. A process gets those
// of the one that makes it, so that one wears them meanwhile.
struct ContainerStreams {
  UniqueFd input;  // the monitor's ends; no input: the container reads nothing
  UniqueFd output;
  UniqueFd errors;
};

class WornStreams {
 public:
  // With a terminal there are none to make: the container's become its terminal.
  enum class Kind { pipes, none };
  static Result<WornStreams> put_on(Kind kind, bool open_input, ContainerStreams& monitors);
  WornStreams(WornStreams&&) noexcept = default;
  WornStreams& operator=(WornStreams&&) = delete;
  ~WornStreams();  // ours are back

 private:
  WornStreams() = default;
  UniqueFd ours_[3];
};

}  // namespace aictr::cli
