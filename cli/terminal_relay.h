#pragma once

#include <poll.h>

#include <array>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/raw_terminal.h"

namespace aictr::cli {

// Carries bytes between our standard streams and the master side of a container's terminal. It never blocks: the owner
// polls what wants() names and hands the answer to carry().
class TerminalRelay {
 public:
  using Polled = std::array<pollfd, 3>;

  // Takes our terminal into raw mode, when our input is one and we are in its foreground.
  static Result<TerminalRelay> open(UniqueFd master, Newlines newlines);

  Polled wants() const;
  Result<void> carry(const Polled& ready);

  // The container has closed its side. It may open it again, so the owner wakes the relay now and then; polling a
  // terminal in that state would return at once for ever.
  bool hung_up() const { return hung_up_; }
  void wake() { hung_up_ = false; }

  void resize() const;   // the container's terminal to the size of ours
  Result<void> drain();  // what was written before the process ended

 private:
  TerminalRelay(UniqueFd master, RawTerminal raw) : master_(std::move(master)), raw_(std::move(raw)) {}
  Result<void> read_master();
  Result<void> read_input();
  Result<void> write_master();
  Result<void> write_output();

  UniqueFd master_;
  RawTerminal raw_;
  std::string to_container_;
  std::string to_person_;
  bool input_open_ = true;
  bool output_open_ = true;
  bool hung_up_ = false;
};

}  // namespace aictr::cli
