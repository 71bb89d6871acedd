#include "cli/notify_socket.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "oci/default_spec.h"
#include "runtime/state_file.h"

namespace aictr::cli {
namespace {

constexpr const char* kName = "notify.sock";
constexpr const char* kInside = "/run/notify";

bool says_ready(std::string_view message) {
  auto lines = split(message, '\n');
  return std::ranges::find(lines, "READY=1") != lines.end();
}

}  // namespace

NotifySocket::NotifySocket(const runtime::StateRoot& root, std::string id, std::string manager)
    : root_(root), directory_(runtime::notify_directory_of(id)), manager_(std::move(manager)) {}

std::optional<NotifySocket> NotifySocket::of_service(const runtime::StateRoot& root, const std::string& id) {
  const char* manager = std::getenv("NOTIFY_SOCKET");
  if (manager == nullptr || *manager == '\0') return std::nullopt;
  return NotifySocket(root, id, manager);
}

void NotifySocket::announce(runtime::CreateRequest& request) const {
  request.notify_directory = true;
  oci::Mount mount;
  mount.destination = kInside;
  mount.type = "bind";
  std::unique_ptr<char, void (*)(void*)> root(::realpath(root_.path().c_str(), nullptr), std::free);
  mount.source = fmt::format("{}/{}", root ? root.get() : root_.path().c_str(), directory_);
  mount.options = {"bind", "nosuid", "noexec", "nodev", "ro"};
  request.spec.mounts.push_back(std::move(mount));
  if (request.spec.process) oci::set_env(request.spec.process->env, fmt::format("NOTIFY_SOCKET={}/{}", kInside, kName));
}

Result<void> NotifySocket::listen() {
  auto directory = open_directory(root_.fd(), directory_);
  if (!directory.ok() && directory.error().code == ENOENT) return {};
  UniqueFd place = TRY(std::move(directory));
  // Whoever the container's process is may write to it.
  socket_ = TRY_AS("notify socket", sys::bind_datagrams_at(place.get(), kName, 0777));
  return {};
}

Result<void> NotifySocket::relay(pid_t pid, int pidfd) {
  while (socket_) {
    pollfd polled[2] = {{socket_.get(), POLLIN, 0}, {pidfd, POLLIN, 0}};
    if (::poll(polled, 2, -1) < 0 && errno != EINTR) return sys_error("wait for the container to be ready");
    if ((polled[0].revents & POLLIN) == 0) {
      if (polled[1].revents != 0) return {};
      continue;
    }
    sys::Message message = TRY(sys::receive_message(socket_.get()));
    if (says_ready(message.bytes)) return tell_manager(pid);
  }
  return {};
}

Result<void> NotifySocket::relay_beside(pid_t pid, int pidfd) {
  if (!socket_) return {};
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid != 0) return {};
  bool bound = sys::prctl(PR_SET_PDEATHSIG, SIGKILL).ok();
  ::_exit(bound && relay(pid, pidfd).ok() ? 0 : 1);
}

Result<void> NotifySocket::tell_manager(pid_t pid) const {
  TRY_AS("notify the service manager", sys::send_datagram(manager_, fmt::format("MAINPID={}", pid)));
  TRY_AS("notify the service manager", sys::send_datagram(manager_, "READY=1"));
  return {};
}

}  // namespace aictr::cli
