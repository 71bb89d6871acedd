#include "hooks/network.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/object_name.h"
#include "base/random.h"
#include "base/text.h"
#include "hooks/network_fields.h"
#include "hooks/network_subnets.h"

namespace aictr::hooks {
namespace {

Result<Subnet> wanted_subnet(const std::string& text, const std::vector<Subnet>& taken) {
  auto subnet = Subnet::parse(text);
  unsigned smallest = subnet ? subnet->base.bits() - 2 : 0;  // the network, the gateway, a container, the broadcast
  if (!subnet || subnet->prefix == 0 || subnet->prefix > smallest) {
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --subnet", text),
                      "write a network with its prefix, such as 10.5.0.0/24");
  }
  for (const Subnet& other : taken) {
    if (!subnet->overlaps(other)) continue;
    return make_error(Kind::exists, fmt::format("subnet {} overlaps {}, which is in use", subnet->text(), other.text()),
                      "`aictr network ls` and `ip route` tell what is in use");
  }
  return *subnet;
}

NetworkSubnet plain(const Subnet& subnet) {
  return {subnet.text(), subnet.base.plus(1).text(), std::nullopt};
}

NetworkSubnet* owner_of(Network& network, const IpAddress& address) {
  for (NetworkSubnet& part : network.subnets) {
    auto subnet = Subnet::parse(part.subnet);
    if (subnet && subnet->contains(address)) return &part;
  }
  return nullptr;
}

Result<void> set_gateways(Network& network, const NetworkWish& wish) {
  for (const std::string& text : wish.gateways) {
    auto address = IpAddress::parse(text);
    NetworkSubnet* part = address ? owner_of(network, *address) : nullptr;
    if (part == nullptr) {
      return make_error(Kind::usage, fmt::format("--gateway '{}' is no address of the network's subnets", text),
                        "give its --subnet as well");
    }
    part->gateway = address->text();
  }
  return {};
}

Result<void> set_ranges(Network& network, const NetworkWish& wish) {
  for (const std::string& text : wish.ranges) {
    auto range = Subnet::parse(text);
    NetworkSubnet* part = range ? owner_of(network, range->base) : nullptr;
    if (part == nullptr || range->prefix < Subnet::parse(part->subnet)->prefix) {
      return make_error(Kind::usage, fmt::format("--ip-range '{}' is no part of the network's subnets", text),
                        "write it with its prefix, such as 10.5.0.128/25, and give its --subnet as well");
    }
    part->lease_range = LeaseRange{range->base.text(), range->last().text()};
  }
  return {};
}

Result<void> set_options(Network& network, const NetworkWish& wish) {
  for (const auto& [name, value] : wish.options) {
    std::string key = name == "com.docker.network.driver.mtu" ? "mtu" : name;
    bool good = (key == "mtu" && parse_number<std::uint16_t>(value)) ||
                (key == "isolate" && (value == "true" || value == "false"));
    if (!good) {
      return make_error(Kind::usage, fmt::format("unknown network option '{}={}'", name, value),
                        "use mtu=NUMBER or isolate=true");
    }
    network.options[key] = value;
  }
  return {};
}

}  // namespace

Result<Network> plan_network(const NetworkWish& wish, const std::vector<Subnet>& taken) {
  if (!is_object_name(wish.name)) {
    return make_error(Kind::usage, fmt::format("invalid network name '{}'", wish.name),
                      "use letters, digits, '_', '.' or '-', beginning with a letter or a digit");
  }
  Network network;
  network.name = wish.name;
  network.internal = wish.internal;
  network.dns_enabled = wish.dns;
  network.labels = wish.labels;
  std::vector<Subnet> used = taken;
  for (const std::string& text : wish.subnets) {
    Subnet subnet = TRY(wanted_subnet(text, used));
    used.push_back(subnet);
    network.subnets.push_back(plain(subnet));
    network.ipv6_enabled = network.ipv6_enabled || subnet.base.v6;
  }
  bool only_v6 = !wish.subnets.empty() && std::all_of(network.subnets.begin(), network.subnets.end(), [](auto& part) {
    return part.subnet.find(':') != std::string::npos;
  });
  if (wish.subnets.empty() || (only_v6 && !wish.ipv6)) {
    Subnet subnet = TRY(free_subnet(used));
    network.subnets.insert(network.subnets.begin(), plain(subnet));
  }
  if (wish.ipv6 && !network.ipv6_enabled) {
    std::string bits = TRY(random_hex(10));
    network.subnets.push_back(plain(unique_local_subnet(bits)));
    network.ipv6_enabled = true;
  }
  TRY(set_gateways(network, wish));
  TRY(set_ranges(network, wish));
  TRY(set_options(network, wish));
  return network;
}

Result<Network> parse_network_file(std::string_view text, std::string_view what) {
  oci::Json json = TRY_AS(what, oci::parse_json(text));
  Network network = TRY(oci::Decoder::decode<Network>(json, what));
  for (const NetworkSubnet& part : network.subnets) {
    if (Subnet::parse(part.subnet) && IpAddress::parse(part.gateway)) continue;
    return make_error(Kind::corrupt,
                      fmt::format("{}: '{}' with gateway '{}' is no subnet", what, part.subnet, part.gateway));
  }
  return network;
}

std::string network_file(const Network& network) {
  return oci::print_json(network_json(network), 2) + "\n";
}

oci::Json network_json(const Network& network) {
  return oci::Encoder::encode(network);
}

}  // namespace aictr::hooks
