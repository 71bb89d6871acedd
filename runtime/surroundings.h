#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::runtime {

// The namespaces that a running process is in and we are not: what a process has to enter to be beside it.
struct Surroundings {
  UniqueFd process;  // a pidfd, for setns(2), which takes one since Linux 5.8
  int types = 0;     // CLONE_NEW*

  bool differ_in(int type) const { return (types & type) != 0; }
};

// `process` is a pidfd of `pid`. Kind::busy when the process has ended by now.
Result<Surroundings> surroundings_of(pid_t pid, UniqueFd process);

}  // namespace aictr::runtime
