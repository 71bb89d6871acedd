#include "cli/runtime_terminal.h"

namespace aictr::cli {

Result<void> check_terminal(bool wanted, const std::string& console_socket, bool detach) {
  if (wanted && detach && console_socket.empty())
    return make_error(Kind::usage, "cannot allocate tty if runc will detach without setting console socket");
  if ((!wanted || !detach) && !console_socket.empty())
    return make_error(Kind::usage, "cannot use console socket if runc will not detach or allocate tty");
  return {};
}

}  // namespace aictr::cli
