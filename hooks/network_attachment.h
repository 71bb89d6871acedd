#pragma once

// How a container is to be on networks: what its record keeps, so that every start of it can make the same again.

#include <string>
#include <string_view>
#include <vector>

#include "hooks/network_ports.h"

namespace aictr::hooks {

enum class NetworkMode {
  host,       // the host's own
  none,       // the loopback alone
  bridge,     // on networks
  container,  // that of another container
};

// "host", "none", "bridge", "container"; a word that is none of them is the host's.
std::string_view mode_word(NetworkMode mode);
NetworkMode mode_of_word(std::string_view word);

// One network that a container is on.
struct NetworkAttachment {
  std::string network;  // its name
  std::vector<std::string> aliases;
  std::string ip;   // asked for, of IPv4; empty: any
  std::string ip6;  // the same of IPv6
  std::string mac;  // asked for; empty: made of the address
};

struct ContainerNetwork {
  NetworkMode mode = NetworkMode::host;
  std::string container;                    // whose network, for NetworkMode::container
  std::vector<NetworkAttachment> networks;  // for NetworkMode::bridge; the first has the ports
  std::vector<PortMapping> ports;
  std::vector<std::string> exposed;  // "8080/tcp", published or not
  std::vector<std::string> dns;      // addresses
  std::vector<std::string> dns_options;
  std::vector<std::string> dns_search;
  std::vector<std::string> hosts;  // NAME:ADDRESS, with "host-gateway" for an address of the host
  std::string hostname;
};

}  // namespace aictr::hooks
