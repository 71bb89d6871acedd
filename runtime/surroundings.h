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

// What launch_into() has left to be done by the process itself. All at once, so the kernel judges the rights on each
// namespace by those that we had before the first.
Result<void> enter_rest(const Surroundings& place);

}  // namespace aictr::runtime
