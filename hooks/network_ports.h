#pragma once

// Ports of a container that the host answers on: the grammar of -p and --expose, which is Docker's
// (docs/reference/commandline/container_run.md of docker/cli, nat.ParsePortSpec of docker/go-connections).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::hooks {

struct PortMapping {
  std::string host_ip;               // without brackets; empty: every address of the host
  std::uint16_t host_port = 0;       // 0: a free one, drawn at each start
  std::uint16_t host_port_last = 0;  // a free one from host_port to this one; 0: host_port itself
  std::uint16_t container_port = 0;
  std::string protocol = "tcp";  // tcp, udp or sctp

  bool operator==(const PortMapping&) const = default;
};

// -p [IP:][HOST[-LAST]:]CONTAINER[-LAST][/PROTOCOL]; an address of IPv6 in brackets. One mapping a port. Kind::usage.
Result<std::vector<PortMapping>> parse_publish(std::string_view text);

// --expose and an image's EXPOSE: PORT[-LAST][/PROTOCOL] as "8080/tcp", one a port.
Result<std::vector<std::string>> parse_expose(std::string_view text);

// True when one socket of the host cannot serve both. Both have their host port.
bool collide(const PortMapping& a, const PortMapping& b);

// Ports that follow each other, on the host and in the container.
struct PortRange {
  PortMapping first;
  std::uint16_t count = 1;
};
std::vector<PortRange> join_ranges(std::vector<PortMapping> ports);

// Docker's PORTS column: "0.0.0.0:8000-8002->80-82/tcp, 9000/tcp". `dual`: the container has an address of IPv6 as
// well, so that a mapping of every address is two.
std::string ports_text(const std::vector<PortMapping>& ports, const std::vector<std::string>& exposed, bool dual);

}  // namespace aictr::hooks
