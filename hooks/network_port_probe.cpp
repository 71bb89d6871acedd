#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include <fmt/core.h>

#include "base/unique_fd.h"
#include "hooks/network_connection.h"

namespace aictr::hooks {
namespace {

int socket_type(const std::string& protocol) {
  return protocol == "udp" ? SOCK_DGRAM : SOCK_STREAM;
}

// Without an address the mapping is of both families; a socket of IPv4 finds who has the port of that one.
sockaddr_storage address_of(const PortMapping& port, socklen_t& size) {
  sockaddr_storage storage{};
  auto address = IpAddress::parse(port.host_ip);
  if (address && address->v6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port.host_port);
    std::memcpy(&v6->sin6_addr, address->bytes.data(), sizeof v6->sin6_addr);
    size = sizeof *v6;
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port.host_port);
    if (address) std::memcpy(&v4->sin_addr, address->bytes.data(), sizeof v4->sin_addr);
    size = sizeof *v4;
  }
  return storage;
}

}  // namespace

Result<std::uint16_t> probe_host_port(const PortMapping& port) {
  socklen_t size = 0;
  sockaddr_storage address = address_of(port, size);
  int protocol = port.protocol == "sctp" ? IPPROTO_SCTP : 0;
  UniqueFd socket(::socket(address.ss_family, socket_type(port.protocol) | SOCK_CLOEXEC, protocol));
  if (!socket) {
    // A kernel without SCTP can still pass its packets on.
    if (protocol == IPPROTO_SCTP && port.host_port != 0) return port.host_port;
    return sys_error("open a socket");
  }
  // As a server would: connections that have just ended do not keep a port.
  int on = 1;
  if (port.protocol == "tcp") ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  std::string what = fmt::format("publish port {}/{}", port.host_port, port.protocol);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    if (errno == EADDRINUSE) {
      return make_error(Kind::busy, fmt::format("{}: a program of this host has it", what),
                        "publish another port of the host, or 0 for a free one");
    }
    if (errno == EADDRNOTAVAIL) {
      return make_error(Kind::usage, fmt::format("{}: this host has no address {}", what, port.host_ip),
                        "`ip address` lists those it has");
    }
    return sys_error(what);
  }
  if (port.host_port != 0) return port.host_port;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return sys_error(what);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  return ntohs(v6->sin6_port);  // where IPv4 has it, too
}

}  // namespace aictr::hooks
