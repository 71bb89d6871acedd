#include "base/sys_terminal.h"

#include <fcntl.h>
#include <unistd.h>

namespace aictr::sys {
namespace {

Result<void> check(int result, std::string_view what) {
  if (result >= 0) return {};
  return sys_error(what);
}

}  // namespace

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

Result<termios> terminal_mode(int fd) {
  termios mode{};
  TRY(check(::tcgetattr(fd, &mode), "get terminal mode"));
  return mode;
}

Result<void> set_terminal_mode(int fd, const termios& mode) {
  return check(::tcsetattr(fd, TCSANOW, &mode), "set terminal mode");
}

Result<winsize> terminal_size(int fd) {
  winsize size{};
  TRY(check(::ioctl(fd, TIOCGWINSZ, &size), "get terminal size"));
  return size;
}

Result<void> set_terminal_size(int fd, const winsize& size) {
  return check(::ioctl(fd, TIOCSWINSZ, &size), "set terminal size");
}

bool in_foreground_of(int fd) {
  return ::tcgetpgrp(fd) == ::getpgrp();
}

Result<void> unlock_pseudo_terminal(int master) {
  int locked = 0;
  return check(::ioctl(master, TIOCSPTLCK, &locked), "unlock pseudo-terminal");
}

Result<UniqueFd> open_pseudo_terminal_peer(int master) {
  int fd = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return sys_error("open pseudo-terminal");
  return UniqueFd(fd);
}

Result<void> take_controlling_terminal(int fd) {
  return check(::ioctl(fd, TIOCSCTTY, 0), "take controlling terminal");
}

}  // namespace aictr::sys
