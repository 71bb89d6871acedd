#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::cli {

// Who turns "\n" into "\r\n" on the way to a person's terminal.
enum class Newlines {
  by_container,  // the container's terminal, as with docker run -t
  by_host,       // the person's terminal, as with runc run; goes with CreateRequest::plain_newlines
};

// Of standard input, or of standard output when a command with -t and without -i reads nothing.
std::optional<winsize> size_of_terminal_in_use();

// Our terminal hands every key on, as long as the object lives, and is as it was afterwards. Without a terminal as
// standard input, or in its background, nothing is changed.
class RawTerminal {
 public:
  static Result<RawTerminal> enter(Newlines newlines);
  RawTerminal(RawTerminal&&) noexcept = default;
  RawTerminal& operator=(RawTerminal&&) = delete;
  ~RawTerminal();

 private:
  RawTerminal() = default;
  UniqueFd terminal_;  // while it is raw
  termios before_{};
};

}  // namespace aictr::cli
