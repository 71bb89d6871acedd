#pragma once

#include "base/result.h"

namespace aictr::runtime {

// Copies what is in the directory `from` into the directory `to`: files, directories, links, owners, modes and times
// (tmpcopyup). Sockets, devices and pipes are left out; nothing is followed.
Result<void> copy_up(int from, int to);

}  // namespace aictr::runtime
