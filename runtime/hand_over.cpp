#include "runtime/hand_over.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/unix_socket.h"
#include "oci/state.h"
#include "runtime/status.h"

namespace aictr::runtime {

Result<void> hand_over_terminal(const std::string& console_socket, UniqueFd& terminal) {
  if (!terminal || console_socket.empty()) return {};
  // The name that runc gives it.
  TRY_AS(fmt::format("console socket '{}'", console_socket), sys::send_to(console_socket, "/dev/ptmx", terminal.get()));
  terminal.reset();
  return {};
}

Result<void> hand_over_pidfd(const std::string& pidfd_socket, int pidfd) {
  if (pidfd_socket.empty()) return {};
  TRY_AS(fmt::format("pidfd socket '{}'", pidfd_socket), sys::send_to(pidfd_socket, "pidfd", pidfd));
  return {};
}

Result<void> hand_over_listener(const oci::RuntimeRecord& record, std::string_view status, pid_t pid, int listener) {
  oci::ContainerProcessState told;
  told.oci_version = record.oci_version;
  told.fds = {"seccompFd"};
  told.pid = pid;
  told.metadata = record.listener_metadata;
  told.state = state_with(record, status);
  TRY_AS("/linux/seccomp/listenerPath: failed to connect with seccomp agent",
         sys::send_to(record.listener_path, oci::print_container_process_state(told), listener));
  return {};
}

Result<void> write_pid_file(const std::string& path, pid_t pid) {
  if (path.empty()) return {};
  TRY_AS("pid file", write_file(AT_FDCWD, path, std::to_string(pid), 0644, Durability::until_reboot));
  return {};
}

}  // namespace aictr::runtime
