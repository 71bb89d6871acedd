#pragma once

#include "base/result.h"

namespace aictr::runtime {

// Copies what is in the directory `from` into the directory `to`: files, directories, links, owners, modes, times, file
// capabilities, ACLs and the user's own attributes; several names of a file stay that. For tmpcopyup, and for volumes
// that start with what the image has there. Sockets, devices and pipes are left out; nothing is followed.
Result<void> copy_up(int from, int to);

// Owner, mode and attributes of one open file or directory for another.
Result<void> copy_attributes(int from, int to);

}  // namespace aictr::runtime
