#pragma once

#include <string>

#include "base/result.h"

namespace aictr::cli {

// A terminal needs somebody who holds its other side: us, unless we leave, or who listens at the console socket.
Result<void> check_terminal(bool wanted, const std::string& console_socket, bool detach);

}  // namespace aictr::cli
