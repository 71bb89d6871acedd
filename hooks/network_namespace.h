#pragma once

// Network namespaces that netavark is pointed at, and the interfaces of bridges. The caller has one thread: it visits
// other namespaces and comes back.

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::hooks {

// A namespace of our own with an interface of this name, for putting down what a container has left that took its own
// namespace with it: netavark removes the interface first, and gives up when there is none.
Result<UniqueFd> stand_in_namespace(const std::string& interface);

// The number on the host of the other end of a process's interface.
Result<int> host_end_of(pid_t pid, const std::string& interface);

// The numbers of the interfaces that a bridge has; none when there is no such bridge.
Result<std::vector<int>> ports_of_bridge(const std::string& bridge);

Result<void> remove_interface(int index);  // that it is gone is no error

}  // namespace aictr::hooks
