#pragma once

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// How many sockets the service manager has opened for us, from descriptor 3 on (sd_listen_fds(3)): 0 unless
// $LISTEN_PID is our own number.
int listen_fd_count();

// Tells the container's first process of them: $LISTEN_FDS, and $LISTEN_PID as it knows itself.
void announce_listen_fds(oci::Process& process, int count);

}  // namespace aictr::cli
