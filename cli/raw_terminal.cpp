#include "cli/raw_terminal.h"

#include <unistd.h>

#include "base/sys.h"
#include "base/sys_terminal.h"

namespace aictr::cli {

std::optional<winsize> size_of_terminal_in_use() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    auto size = sys::terminal_size(fd);
    if (size.ok()) return size.value();
  }
  return std::nullopt;
}

Result<RawTerminal> RawTerminal::enter(Newlines newlines) {
  RawTerminal raw;
  if (!sys::is_terminal(STDIN_FILENO) || !sys::in_foreground_of(STDIN_FILENO)) return raw;
  raw.before_ = TRY(sys::terminal_mode(STDIN_FILENO));
  termios mode = raw.before_;
  ::cfmakeraw(&mode);
  if (newlines == Newlines::by_host) mode.c_oflag |= OPOST;
  UniqueFd terminal = TRY(sys::duplicate(STDIN_FILENO));
  TRY(sys::set_terminal_mode(terminal.get(), mode));
  raw.terminal_ = std::move(terminal);
  return raw;
}

RawTerminal::~RawTerminal() {
  if (!terminal_) return;
  // Our terminal may be gone; there is nobody to tell then.
  ignore(sys::set_terminal_mode(terminal_.get(), before_));
}

}  // namespace aictr::cli
