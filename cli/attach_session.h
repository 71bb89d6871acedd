#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/attach.h"
#include "cli/detach_keys.h"

namespace aictr::cli {

struct SessionWishes {
  bool input = false;     // carry our standard input
  bool terminal = false;  // the container has one
  bool proxy_signals = true;
  DetachKeys detach_keys;
  std::function<void(int signal)> send_signal;  // to the container
};

struct SessionEnd {
  std::optional<int> exit_code;  // none: who is attached has left, and the container runs on
};

// Carries our standard streams to and from a container's monitor, which is at the other end of `monitor`, until the
// container ends or the person leaves. Kind::network when the monitor is killed, and the container with it.
Result<SessionEnd> attend_session(UniqueFd monitor, SessionWishes wishes, const Attachment& attachment);

}  // namespace aictr::cli
