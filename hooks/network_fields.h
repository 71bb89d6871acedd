#pragma once

// The members of a network's JSON, for oci/codec.h. Included by .cpp files only.

#include "hooks/network.h"
#include "oci/codec.h"

namespace aictr::hooks {

using oci::required;

template <class Codec>
void fields(Codec& codec, oci::Is<LeaseRange> auto& range) {
  codec("start_ip", range.start_ip);
  codec("end_ip", range.end_ip);
}

template <class Codec>
void fields(Codec& codec, oci::Is<NetworkSubnet> auto& subnet) {
  codec("subnet", subnet.subnet, required);
  codec("gateway", subnet.gateway);
  codec("lease_range", subnet.lease_range);
}

// netavark misses any of these that says false when it is left out.
template <class Codec>
void fields(Codec& codec, oci::Is<Network> auto& network) {
  codec("name", network.name, required);
  codec("id", network.id, required);
  codec("driver", network.driver, required);
  codec("network_interface", network.network_interface);
  codec("created", network.created);
  codec("subnets", network.subnets);
  codec("ipv6_enabled", network.ipv6_enabled, required);
  codec("internal", network.internal, required);
  codec("dns_enabled", network.dns_enabled, required);
  codec("options", network.options);
  codec("labels", network.labels);
}

}  // namespace aictr::hooks
