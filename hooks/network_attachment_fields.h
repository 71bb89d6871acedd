#pragma once

// The members of ContainerNetwork, for oci/codec.h. Included by .cpp files only.

#include <type_traits>

#include "hooks/network_attachment.h"
#include "oci/codec.h"

namespace aictr::hooks {

template <class Codec>
void fields(Codec& codec, oci::Is<PortMapping> auto& port) {
  codec("hostIP", port.host_ip);
  codec("hostPort", port.host_port);
  codec("hostPortLast", port.host_port_last);
  codec("containerPort", port.container_port, oci::required);
  codec("protocol", port.protocol, oci::required);
}

template <class Codec>
void fields(Codec& codec, oci::Is<NetworkAttachment> auto& attachment) {
  codec("network", attachment.network, oci::required);
  codec("aliases", attachment.aliases);
  codec("ip", attachment.ip);
  codec("ip6", attachment.ip6);
  codec("mac", attachment.mac);
}

template <class Codec>
void fields(Codec& codec, oci::Is<ContainerNetwork> auto& network) {
  std::string mode(mode_word(network.mode));
  codec("mode", mode);
  if constexpr (!std::is_const_v<std::remove_reference_t<decltype(network)>>) network.mode = mode_of_word(mode);
  codec("container", network.container);
  codec("networks", network.networks);
  codec("ports", network.ports);
  codec("exposed", network.exposed);
  codec("dns", network.dns);
  codec("dnsOptions", network.dns_options);
  codec("dnsSearch", network.dns_search);
  codec("hosts", network.hosts);
  codec("hostname", network.hostname);
}

}  // namespace aictr::hooks
