#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::runtime {

// The namespaces that a running process is in and we are not: what a process has to enter to be beside it.
struct Surroundings {
  UniqueFd process;  // a pidfd, for setns(2), which takes one since Linux 5.8
  int types = 0;     // CLONE_NEW*
  UniqueFd root;     // its root directory, where that is not the root of its mount namespace

  bool differ_in(int type) const { return (types & type) != 0; }
};

// `process` is a pidfd of `pid`. Kind::busy when the process has ended by now.
enum class RootOf { mount_namespace, process };
Result<Surroundings> surroundings_of(pid_t pid, UniqueFd process, RootOf root);

}  // namespace aictr::runtime
