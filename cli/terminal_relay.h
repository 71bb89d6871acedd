#pragma once

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/attach.h"

namespace aictr::cli {

// Of standard input, or of standard output when a command with -t and without -i reads nothing.
std::optional<winsize> size_of_terminal_in_use();

// Carries bytes between our standard streams and the master side of a container's terminal. It never blocks: the owner
// polls what wants() names and hands the answer to carry().
class TerminalRelay {
 public:
  using Polled = std::array<pollfd, 3>;

  // Takes our terminal into raw mode, when our input is one and we are in its foreground.
  static Result<TerminalRelay> open(UniqueFd master, Newlines newlines);
  TerminalRelay(TerminalRelay&& other) noexcept = default;
  TerminalRelay& operator=(TerminalRelay&&) = delete;
  ~TerminalRelay();  // our terminal is as it was

  Polled wants() const;
  Result<void> carry(const Polled& ready);

  // The container has closed its side. It may open it again, so the owner wakes the relay now and then; polling a
  // terminal in that state would return at once for ever.
  bool hung_up() const { return hung_up_; }
  void wake() { hung_up_ = false; }

  void resize() const;   // the container's terminal to the size of ours
  Result<void> drain();  // what was written before the process ended

 private:
  explicit TerminalRelay(UniqueFd master) : master_(std::move(master)) {}
  Result<void> enter_raw_mode(Newlines newlines);
  Result<void> read_master();
  Result<void> read_input();
  Result<void> write_master();
  Result<void> write_output();

  UniqueFd master_;
  UniqueFd raw_;  // our terminal while it is in raw mode
  termios mode_before_{};
  std::string to_container_;
  std::string to_person_;
  bool input_open_ = true;
  bool output_open_ = true;
  bool hung_up_ = false;
};

}  // namespace aictr::cli
