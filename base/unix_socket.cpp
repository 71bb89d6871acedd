#include "base/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <memory>

#include <fmt/core.h>

#include "base/sys.h"

namespace aictr::sys {
namespace {

constexpr std::size_t kMostFds = 4;

union Control {
  cmsghdr align;
  char bytes[CMSG_SPACE(kMostFds * sizeof(int))];
};

Result<sockaddr_un> address_of(int dir, const std::string& name) {
  std::string path = fmt::format("/proc/self/fd/{}/{}", dir, name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path || name.find('/') != std::string::npos)
    return make_error(Kind::usage, fmt::format("'{}' is no name for a socket", name));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<UniqueFd> make_socket(int type) {
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!fd) return sys_error("make a unix socket");
  return fd;
}

Result<void> unlink_if_there(int dir, const std::string& name) {
  auto removed = unlink(dir, name);
  if (!removed.ok() && removed.error().code != ENOENT) return removed;
  return {};
}

void take_fds(msghdr& header, std::vector<UniqueFd>& into) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    std::size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(control) + i * sizeof fd, sizeof fd);
      into.emplace_back(fd);
    }
  }
}

}  // namespace

Result<UniqueFd> listen_at(int dir, const std::string& name, int type) {
  sockaddr_un address = TRY(address_of(dir, name));
  UniqueFd fd = TRY(make_socket(type));
  // The mode of the socket's file follows the mode of the socket itself, so there is no moment in which it is wider.
  if (::fchmod(fd.get(), 0600) != 0) return sys_error("make a unix socket");
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd.get(), 8) != 0)
    return sys_error(fmt::format("listen at '{}'", name));
  return fd;
}

Result<UniqueFd> bind_datagrams_at(int dir, const std::string& name, mode_t mode) {
  sockaddr_un address = TRY(address_of(dir, name));
  UniqueFd fd = TRY(make_socket(SOCK_DGRAM));
  TRY(unlink_if_there(dir, name));
  if (::fchmod(fd.get(), mode) != 0) return sys_error("make a unix socket");
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return sys_error(fmt::format("bind to '{}'", name));
  TRY(chmod_at(dir, name, mode));  // the umask was taken from it
  return fd;
}

Result<void> send_datagram(const std::string& path, std::string_view bytes) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return make_error(Kind::usage, fmt::format("'{}' is too long for a socket", path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  if (path.starts_with('@')) address.sun_path[0] = '\0';
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  UniqueFd fd = TRY(make_socket(SOCK_DGRAM));
  auto sent =
      ::sendto(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), length);
  if (sent < 0) return sys_error(fmt::format("send to '{}'", path));
  return {};
}

Result<UniqueFd> connect_to(int dir, const std::string& name, int type) {
  sockaddr_un address = TRY(address_of(dir, name));
  UniqueFd fd = TRY(make_socket(type));
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return sys_error(fmt::format("connect to '{}'", name));
  return fd;
}

Result<UniqueFd> connect_to(const std::string& path, int type) {
  std::size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  UniqueFd dir = TRY(open(folder, O_PATH | O_DIRECTORY));
  return connect_to(dir.get(), slash == std::string::npos ? path : path.substr(slash + 1), type);
}

Result<UniqueFd> accept(int listener) {
  for (;;) {
    int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) return UniqueFd(fd);
    if (errno != EINTR && errno != ECONNABORTED) return sys_error("accept a connection");
  }
}

Result<void> send_message(int socket, std::string_view bytes, std::span<const int> fds) {
  if (fds.size() > kMostFds) return make_error(Kind::internal, "too many descriptors for one message");
  iovec data{const_cast<char*>(bytes.data()), bytes.size()};
  Control control{};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  if (!fds.empty()) {
    header.msg_control = control.bytes;
    header.msg_controllen = CMSG_SPACE(fds.size_bytes());
    control.align = {CMSG_LEN(fds.size_bytes()), SOL_SOCKET, SCM_RIGHTS};
    std::memcpy(CMSG_DATA(&control.align), fds.data(), fds.size_bytes());
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return sys_error("send a message");
  if (static_cast<std::size_t>(sent) != bytes.size()) return sys_error("send a whole message", EMSGSIZE);
  return {};
}

Result<void> send_to(const std::string& path, std::string_view bytes, int fd) {
  UniqueFd socket = TRY(connect_to(path, SOCK_STREAM));
  return send_message(socket.get(), bytes, std::span<const int>(&fd, 1));
}

Result<Message> receive_message(int socket, std::size_t limit) {
  // Not cleared, so that only the pages that a message fills are touched.
  auto buffer = std::make_unique_for_overwrite<char[]>(limit);
  iovec data{buffer.get(), limit};
  Control control{};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return sys_error("receive a message");
  Message message;
  take_fds(header, message.fds);
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return make_error(Kind::corrupt, "a message is longer than it may be");
  message.bytes.assign(buffer.get(), static_cast<std::size_t>(received));
  return message;
}

}  // namespace aictr::sys
