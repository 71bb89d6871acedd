#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/handshake.h"
#include "runtime/process_setup.h"
#include "runtime/terminal.h"

namespace aictr::runtime {

// The last part of the way of a process that is inside of a container already, be it the container's first (init.cpp)
// or one that came later (visitor.cpp): it gets its streams, becomes its user, and executes its program.
class Workload {
 public:
  Workload(const oci::Process& process, const ProcessPlan& plan) : process_(process), plan_(plan) {}

  // Its own session keyring, so that the keys of the caller stay out of the container.
  Result<void> join_keyring(const std::string& id) const;

  // The slave side of its terminal as standard streams; without a terminal those that it has.
  Result<void> take_streams(std::optional<Terminal>& terminal) const;

  // Limits, environment, rights and working directory; and the program is found as the user who is to execute it.
  Result<void> become_user(const Handshake& told);

  // The container's filter, now if not yet: programs of the image that run before the container's own are under it too.
  Result<void> install_filter();

  // Comes back only with the reason why not. `told` hears of it, and of success by being closed.
  Error execute(const std::map<int, int>& extra_fds, Handshake& told);

 private:
  Result<void> get_ready(const std::map<int, int>& extra_fds, Handshake& told);

  const oci::Process& process_;
  const ProcessPlan& plan_;
  std::vector<std::string> environment_;
  std::string program_;
  bool filtered_ = false;
};

}  // namespace aictr::runtime
