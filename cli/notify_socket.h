#pragma once

// The readiness protocol of systemd (sd_notify(3)): a container whose runtime is a service gets a socket of its own to
// say READY=1 at, and the runtime passes that on, with the container's process as the service's main one. Nothing else
// that a container says reaches the service manager.

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/container.h"

namespace aictr::cli {

class NotifySocket {
 public:
  // Nothing, unless $NOTIFY_SOCKET names the service manager's.
  static std::optional<NotifySocket> of_service(const runtime::StateRoot& root, const std::string& id);

  // Adds the place of the socket to what is to be created: a mount at /run/notify, and $NOTIFY_SOCKET.
  void announce(runtime::CreateRequest& request) const;

  // Opens it. Nothing to do for a container that was created without.
  Result<void> listen();

  // Waits until the container is ready, or its process has ended, and tells the service manager the former.
  Result<void> relay(pid_t pid, int pidfd);
  // The same, in a process of its own that ends with this one.
  Result<void> relay_beside(pid_t pid, int pidfd);

 private:
  NotifySocket(const runtime::StateRoot& root, std::string id, std::string manager);
  Result<void> tell_manager(pid_t pid) const;

  const runtime::StateRoot& root_;
  std::string directory_;  // in the state root
  std::string manager_;
  UniqueFd socket_;
};

}  // namespace aictr::cli
