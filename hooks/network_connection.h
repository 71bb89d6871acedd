#pragma once

// One container on one network, as it is set up: the request that netavark gets, which is at the same time what we
// remember of it (hooks/network_connections.h). Addresses and ports are chosen here, netavark chooses nothing.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/network.h"
#include "hooks/network_attachment.h"

namespace aictr::hooks {

struct Connection {
  std::string container_id;
  std::string container_name;
  Network network;
  std::string interface;               // in the container: "eth0"
  std::vector<std::string> addresses;  // one of each of the network's subnets
  std::string mac;
  std::vector<std::string> aliases;
  std::vector<PortMapping> ports;        // all with their host port
  std::vector<std::string> dns_servers;  // whom the network's name server asks
  int host_index = 0;                    // number of the interface's other end on the host; 0: not known to be made
};

// Gives a container that is to be on `network` addresses that none of `others` has. Kind::usage for an address that the
// network has not, Kind::exists naming the container that has it, Kind::busy when none is free. Pure.
Result<void> choose_addresses(Connection& connection, const NetworkAttachment& wanted,
                              const std::vector<Connection>& others);

// Tells whether nobody on this host listens there; port 0 asks for a free one. The port, Kind::busy, or what bind(2)
// says.
using PortProbe = std::function<Result<std::uint16_t>(const PortMapping&)>;

// Host ports for what a container publishes. Kind::exists names the container that has one.
Result<std::vector<PortMapping>> choose_ports(const std::vector<PortMapping>& wanted,
                                              const std::vector<Connection>& others, const PortProbe& probe);

// By a socket that is closed again.
Result<std::uint16_t> probe_host_port(const PortMapping& port);

std::string connection_file(const Connection& connection);
Result<Connection> parse_connection(std::string_view text, std::string_view what);

}  // namespace aictr::hooks
