#pragma once

// A network that containers share: a bridge of the host with its subnets. Its JSON is the one that netavark reads and
// Podman keeps (containers/common, libnetwork/types/network.go), so a file is handed on as it is.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/network_address.h"
#include "oci/json.h"

namespace aictr::hooks {

inline constexpr const char* kDefaultNetwork = "bridge";

struct LeaseRange {
  std::string start_ip;
  std::string end_ip;
};

// A network's part of one family. The texts are valid addresses and subnets of this family.
struct NetworkSubnet {
  std::string subnet;
  std::string gateway;                    // the host's own address in it
  std::optional<LeaseRange> lease_range;  // what containers get unless they ask for an address
};

struct Network {
  std::string name;
  std::string id;  // 64 hexadecimal digits
  std::string driver = "bridge";
  std::string network_interface;  // of the host: "aictr0"
  std::string created;            // RFC 3339
  std::vector<NetworkSubnet> subnets;
  bool ipv6_enabled = false;
  bool internal = false;     // no way out
  bool dns_enabled = false;  // names of containers are resolved
  std::map<std::string, std::string> options;
  std::map<std::string, std::string> labels;

  bool is_default() const { return name == kDefaultNetwork; }
};

// What `network create` was asked for.
struct NetworkWish {
  std::string name;
  std::vector<std::string> subnets;
  std::vector<std::string> gateways;
  std::vector<std::string> ranges;  // --ip-range, subnets of theirs
  bool ipv6 = false;                // a subnet of IPv6 too, drawn when none is given
  bool internal = false;
  bool dns = true;
  std::map<std::string, std::string> options;
  std::map<std::string, std::string> labels;
};

// The network without id, interface and time. `taken`: what must not be overlapped; a subnet that is asked for is
// refused, one that is drawn avoids it. Kind::usage, Kind::exists. Draws random bits for a subnet of IPv6.
Result<Network> plan_network(const NetworkWish& wish, const std::vector<Subnet>& taken);

Result<Network> parse_network_file(std::string_view text, std::string_view what);
std::string network_file(const Network& network);
oci::Json network_json(const Network& network);

}  // namespace aictr::hooks
