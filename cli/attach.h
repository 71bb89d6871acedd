#pragma once

// What stands between a person and a container's process in the foreground: signals go in, the terminal is carried both
// ways, and the process is waited for.

#include <signal.h>
#include <sys/types.h>

#include <optional>

#include "base/result.h"
#include "base/sys_process.h"
#include "base/unique_fd.h"
#include "cli/raw_terminal.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// What the container's terminal is to start with: the size of ours, if our input is one.
std::optional<oci::ConsoleSize> size_of_our_terminal();

// The process to attend to: a child of ours that has not been waited for.
struct Attended {
  pid_t pid = 0;
  int pidfd = -1;
  UniqueFd terminal;  // the master side; none when the process has our own standard streams
  Newlines newlines = Newlines::by_container;
};

// From begin() on the signals that can be forwarded are blocked, so none is lost or kills us while the container is
// being made; the destructor unblocks them.
class Attachment {
 public:
  static Result<Attachment> begin();
  Attachment(Attachment&& other) noexcept;
  Attachment(const Attachment&) = delete;
  Attachment& operator=(Attachment&&) = delete;
  ~Attachment();

  int signals() const { return signals_.get(); }  // a signalfd(2) of them

  // Returns when the process has ended, after its last output. With a terminal, ours is in raw mode meanwhile, is
  // resized with ours, and is as it was again on every return.
  Result<sys::Ended> attend(Attended process);

 private:
  explicit Attachment(const sigset_t& before) : before_(before) {}
  UniqueFd signals_;
  sigset_t before_;
  bool active_ = true;
};

}  // namespace aictr::cli
