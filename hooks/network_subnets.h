#pragma once

// Which subnet a new network gets: one that this host does not use yet.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/network_address.h"

namespace aictr::hooks {

// A /20 (4093 containers) of 10.112.0.0/12, then of 172.16.0.0/12 and 192.168.0.0/16: private networks (RFC 1918), the
// first of which neither Docker, Podman nor Kubernetes begins with. Kind::busy when none is left.
Result<Subnet> free_subnet(const std::vector<Subnet>& taken);

// fdXX:XXXX:XXXX::/64 (RFC 4193) of ten random hexadecimal digits.
Subnet unique_local_subnet(std::string_view digits);

// What /proc/net/route and /proc/net/ipv6_route say (proc_net(5)), without the default routes.
std::vector<Subnet> parse_routes(std::string_view v4, std::string_view v6);

// The subnets that this network namespace has routes to.
std::vector<Subnet> host_routes();

}  // namespace aictr::hooks
