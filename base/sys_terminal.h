#pragma once

// Terminals: their modes and sizes, and both sides of a pseudo-terminal (pty(7)); the conventions of sys.h.

#include <sys/ioctl.h>
#include <termios.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::sys {

bool is_terminal(int fd);
Result<termios> terminal_mode(int fd);
Result<void> set_terminal_mode(int fd, const termios& mode);  // at once, nothing is flushed

Result<winsize> terminal_size(int fd);
Result<void> set_terminal_size(int fd, const winsize& size);

// True when `fd` is our controlling terminal and we are in its foreground process group.
bool in_foreground_of(int fd);

Result<void> unlock_pseudo_terminal(int master);
// The other side of `master`, without a path that somebody else could have changed (TIOCGPTPEER, Linux 4.13).
Result<UniqueFd> open_pseudo_terminal_peer(int master);
// Makes it the terminal of the session that we lead.
Result<void> take_controlling_terminal(int fd);

}  // namespace aictr::sys
