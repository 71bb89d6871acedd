#include "hooks/network_connection.h"

#include <algorithm>

#include <fmt/core.h>

#include "hooks/network_fields.h"

namespace aictr::hooks {

// netavark's names (containers/netavark, src/network/types.rs), and our own in a member that it ignores.
namespace wire {

struct Port {
  std::string host_ip;
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  std::uint16_t range = 1;
  std::string protocol;
};

struct Options {
  std::string interface_name;
  std::vector<std::string> static_ips;
  std::string static_mac;
  std::vector<std::string> aliases;
};

struct Own {
  int host_index = 0;
};

struct Request {
  std::string container_id;
  std::string container_name;
  std::vector<Port> port_mappings;
  std::map<std::string, Options> networks;
  std::map<std::string, Network> network_info;
  std::vector<std::string> dns_servers;
  Own own;
};

template <class Codec>
void fields(Codec& codec, oci::Is<Port> auto& port) {
  codec("host_ip", port.host_ip, required);
  codec("host_port", port.host_port, required);
  codec("container_port", port.container_port, required);
  codec("range", port.range, required);
  codec("protocol", port.protocol, required);
}

template <class Codec>
void fields(Codec& codec, oci::Is<Options> auto& options) {
  codec("interface_name", options.interface_name, required);
  codec("static_ips", options.static_ips, required);
  codec("static_mac", options.static_mac, required);
  codec("aliases", options.aliases);
}

template <class Codec>
void fields(Codec& codec, oci::Is<Own> auto& own) {
  codec("host_index", own.host_index);
}

template <class Codec>
void fields(Codec& codec, oci::Is<Request> auto& request) {
  codec("container_id", request.container_id, required);
  codec("container_name", request.container_name, required);
  codec("port_mappings", request.port_mappings);
  codec("networks", request.networks, required);
  codec("network_info", request.network_info, required);
  codec("dns_servers", request.dns_servers);
  codec("aictr", request.own);
}

}  // namespace wire

namespace {

const Connection* owner_of(const std::vector<Connection>& others, const std::string& network, const std::string& ip) {
  for (const Connection& other : others) {
    if (other.network.name == network && std::ranges::find(other.addresses, ip) != other.addresses.end()) return &other;
  }
  return nullptr;
}

struct Bounds {
  IpAddress first;
  IpAddress last;
};

// Without the network's own address, and without IPv4's broadcast address.
Bounds bounds_of(const NetworkSubnet& part) {
  Subnet subnet = *Subnet::parse(part.subnet);
  Bounds bounds{subnet.base.plus(1), subnet.last()};
  if (part.lease_range) {
    auto first = IpAddress::parse(part.lease_range->start_ip);
    auto last = IpAddress::parse(part.lease_range->end_ip);
    if (first && *first > bounds.first) bounds.first = *first;
    if (last && *last < bounds.last) bounds.last = *last;
  }
  return bounds;
}

bool is_broadcast(const Subnet& subnet, const IpAddress& address) {
  return !subnet.base.v6 && address == subnet.last();
}

Result<std::string> free_address(const NetworkSubnet& part, const Network& network,
                                 const std::vector<Connection>& others) {
  Subnet subnet = *Subnet::parse(part.subnet);
  std::vector<std::string> used{part.gateway};
  for (const Connection& other : others) {
    if (other.network.name == network.name) used.insert(used.end(), other.addresses.begin(), other.addresses.end());
  }
  std::sort(used.begin(), used.end());
  Bounds bounds = bounds_of(part);
  // No further than there are users: one of as many addresses and one more is free, if the range has them.
  for (IpAddress next = bounds.first; next <= bounds.last && !is_broadcast(subnet, next); next = next.plus(1)) {
    std::string text = next.text();
    if (!std::binary_search(used.begin(), used.end(), text)) return text;
  }
  return make_error(Kind::busy, fmt::format("network '{}' has no free address in {}", network.name, part.subnet),
                    "remove containers from it, or create a larger network");
}

Result<std::string> asked_address(const std::string& text, const Network& network,
                                  const std::vector<Connection>& others) {
  auto address = IpAddress::parse(text);
  for (const NetworkSubnet& part : network.subnets) {
    Subnet subnet = *Subnet::parse(part.subnet);
    if (!address || !subnet.contains(*address)) continue;
    std::string ip = address->text();
    if (ip == part.gateway || *address == subnet.base || is_broadcast(subnet, *address)) break;
    const Connection* owner = owner_of(others, network.name, ip);
    if (owner == nullptr) return ip;
    return make_error(Kind::exists, fmt::format("address {} is taken by container '{}'", ip, owner->container_name),
                      "choose another one, or none");
  }
  return make_error(Kind::usage, fmt::format("'{}' is no address for a container on network '{}'", text, network.name),
                    fmt::format("`aictr network inspect {}` tells its subnets", network.name));
}

Error taken_port(const PortMapping& port, std::string_view by) {
  return make_error(Kind::exists, fmt::format("port {}/{} is taken by {}", port.host_port, port.protocol, by),
                    "publish another port of the host, or 0 for a free one");
}

const Connection* publisher(const std::vector<Connection>& others, const PortMapping& port) {
  for (const Connection& other : others) {
    for (const PortMapping& theirs : other.ports) {
      if (collide(theirs, port)) return &other;
    }
  }
  return nullptr;
}

// One that the kernel calls free may still be another container's: its port has no socket on the host.
constexpr int kDraws = 64;

Result<PortMapping> choose_port(PortMapping port, const std::vector<Connection>& others,
                                const std::vector<PortMapping>& own, const PortProbe& probe) {
  bool drawn = port.host_port == 0;
  int tries = drawn ? kDraws : std::max(port.host_port_last - port.host_port, 0) + 1;
  port.host_port_last = 0;
  Error last;
  for (int i = 0; i < tries; ++i, ++port.host_port) {
    if (drawn) port.host_port = 0;
    auto probed = probe(port);
    const Connection* owner = probed.ok() || drawn ? nullptr : publisher(others, port);
    if (probed.ok()) {
      port.host_port = probed.value();
      owner = publisher(others, port);
      bool again = std::any_of(own.begin(), own.end(), [&](const PortMapping& mine) { return collide(mine, port); });
      if (owner == nullptr && !again) return port;
      if (owner == nullptr) last = taken_port(port, "another --publish");
    } else {
      last = std::move(probed).error();
    }
    if (owner != nullptr) last = taken_port(port, fmt::format("container '{}'", owner->container_name));
  }
  return last;
}

}  // namespace

Result<void> choose_addresses(Connection& connection, const NetworkAttachment& wanted,
                              const std::vector<Connection>& others) {
  const Network& network = connection.network;
  bool has_v6 = false;
  for (const NetworkSubnet& part : network.subnets) {
    bool v6 = Subnet::parse(part.subnet)->base.v6;
    has_v6 = has_v6 || v6;
    const std::string& asked = v6 ? wanted.ip6 : wanted.ip;
    // Of two subnets of one family the first gives the address.
    bool has_one = std::any_of(connection.addresses.begin(), connection.addresses.end(),
                               [&](const std::string& ip) { return (ip.find(':') != std::string::npos) == v6; });
    if (has_one) continue;
    std::string ip =
        asked.empty() ? TRY(free_address(part, network, others)) : TRY(asked_address(asked, network, others));
    connection.addresses.push_back(std::move(ip));
  }
  if (!wanted.ip6.empty() && !has_v6) TRY(asked_address(wanted.ip6, network, others));  // says that there is none
  connection.mac = wanted.mac.empty() ? mac_of(*IpAddress::parse(connection.addresses.front())) : wanted.mac;
  connection.aliases = wanted.aliases;
  return {};
}

Result<std::vector<PortMapping>> choose_ports(const std::vector<PortMapping>& wanted,
                                              const std::vector<Connection>& others, const PortProbe& probe) {
  std::vector<PortMapping> chosen;
  for (const PortMapping& port : wanted) {
    PortMapping one = TRY(choose_port(port, others, chosen, probe));
    chosen.push_back(std::move(one));
  }
  return chosen;
}

std::string connection_file(const Connection& connection) {
  wire::Request request;
  request.container_id = connection.container_id;
  request.container_name = connection.container_name;
  for (const PortRange& range : join_ranges(connection.ports)) {
    const PortMapping& first = range.first;
    request.port_mappings.push_back(
        {first.host_ip, first.host_port, first.container_port, range.count, first.protocol});
  }
  const std::string& name = connection.network.name;
  request.networks[name] = {connection.interface, connection.addresses, connection.mac, connection.aliases};
  request.network_info[name] = connection.network;
  request.dns_servers = connection.dns_servers;
  request.own.host_index = connection.host_index;
  return oci::print_json(oci::Encoder::encode(request), 2) + "\n";
}

Result<Connection> parse_connection(std::string_view text, std::string_view what) {
  oci::Json json = TRY_AS(what, oci::parse_json(text));
  auto request = TRY(oci::Decoder::decode<wire::Request>(json, what));
  if (request.networks.size() != 1 || request.network_info.size() != 1) {
    return make_error(Kind::corrupt, fmt::format("{}: it tells of {} networks", what, request.networks.size()));
  }
  auto& options = request.networks.begin()->second;
  Connection connection;
  connection.container_id = request.container_id;
  connection.container_name = request.container_name;
  connection.network = request.network_info.begin()->second;
  connection.interface = options.interface_name;
  connection.addresses = options.static_ips;
  connection.mac = options.static_mac;
  connection.aliases = options.aliases;
  connection.dns_servers = request.dns_servers;
  connection.host_index = request.own.host_index;
  for (const wire::Port& range : request.port_mappings) {
    for (std::uint16_t i = 0; i < range.range; ++i) {
      connection.ports.push_back({range.host_ip, static_cast<std::uint16_t>(range.host_port + i), 0,
                                  static_cast<std::uint16_t>(range.container_port + i), range.protocol});
    }
  }
  return connection;
}

}  // namespace aictr::hooks
