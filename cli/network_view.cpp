#include "cli/network_view.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::cli {
namespace {

using hooks::Connection;
using oci::Json;

bool is_v6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

bool has_v6(const std::vector<Connection>& own) {
  return std::any_of(own.begin(), own.end(), [](const Connection& connection) {
    return std::any_of(connection.addresses.begin(), connection.addresses.end(), is_v6);
  });
}

struct FamilyView {
  std::string address;
  std::string gateway;
  std::int64_t prefix = 0;
};

// The first address of a family, with its subnet's gateway and prefix.
FamilyView family(const Connection& connection, bool v6) {
  FamilyView view;
  for (const std::string& address : connection.addresses) {
    if (is_v6(address) == v6 && view.address.empty()) view.address = address;
  }
  for (const hooks::NetworkSubnet& part : connection.network.subnets) {
    auto subnet = hooks::Subnet::parse(part.subnet);
    if (view.address.empty() || !subnet || subnet->base.v6 != v6) continue;
    view.gateway = part.gateway;
    view.prefix = subnet->prefix;
    break;
  }
  return view;
}

Json strings(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

// The members that an endpoint and NetworkSettings share.
void add_addresses(Json& view, const Connection* connection, const std::string& mac) {
  FamilyView v4;
  FamilyView v6;
  if (connection != nullptr) {
    v4 = family(*connection, false);
    v6 = family(*connection, true);
  }
  view.set("Gateway", Json(v4.gateway));
  view.set("IPAddress", Json(v4.address));
  view.set("IPPrefixLen", Json(v4.prefix));
  view.set("IPv6Gateway", Json(v6.gateway));
  view.set("GlobalIPv6Address", Json(v6.address));
  view.set("GlobalIPv6PrefixLen", Json(v6.prefix));
  view.set("MacAddress", Json(mac));
}

Json endpoint(const hooks::NetworkAttachment& attachment, const Connection* connection) {
  Json view(Json::Object{
      {"Aliases", strings(connection != nullptr ? connection->aliases : attachment.aliases)},
      {"NetworkID", Json(connection != nullptr ? connection->network.id : std::string())},
  });
  add_addresses(view, connection, connection != nullptr ? connection->mac : attachment.mac);
  return view;
}

std::vector<hooks::PortMapping> ports_of(const std::vector<Connection>& own) {
  std::vector<hooks::PortMapping> ports;
  for (const Connection& connection : own) ports.insert(ports.end(), connection.ports.begin(), connection.ports.end());
  return ports;
}

// Every exposed port, null when it is not published.
Json ports_view(const Container& container, const std::vector<Connection>& own) {
  std::map<std::string, Json::Array> places;
  for (const hooks::PortMapping& port : ports_of(own)) {
    auto& list = places[fmt::format("{}/{}", port.container_port, port.protocol)];
    for (const std::string& place : host_places(port, own)) {
      std::string ip = place.substr(0, place.rfind(':'));
      if (ip.starts_with('[')) ip = ip.substr(1, ip.size() - 2);
      list.emplace_back(Json::Object{{"HostIp", Json(ip)}, {"HostPort", Json(std::to_string(port.host_port))}});
    }
  }
  for (const std::string& port : container.network.exposed) places.try_emplace(port);
  Json::Object object;
  for (auto& [port, list] : places) object.emplace_back(port, list.empty() ? Json() : Json(std::move(list)));
  return Json(std::move(object));
}

}  // namespace

std::vector<std::string> host_places(const hooks::PortMapping& port, const std::vector<Connection>& own) {
  std::string ip = port.host_ip.empty() ? "0.0.0.0" : is_v6(port.host_ip) ? "[" + port.host_ip + "]" : port.host_ip;
  std::vector<std::string> places{fmt::format("{}:{}", ip, port.host_port)};
  if (port.host_ip.empty() && has_v6(own)) places.push_back(fmt::format("[::]:{}", port.host_port));
  return places;
}

std::string ports_column(const Container& container, const std::vector<Connection>& own) {
  return hooks::ports_text(ports_of(own), container.network.exposed, has_v6(own));
}

std::string networks_column(const Container& container) {
  std::vector<std::string> names;
  for (const hooks::NetworkAttachment& attachment : container.network.networks) names.push_back(attachment.network);
  if (names.empty()) names.push_back(network_mode_text(container));
  return join(names, ",");
}

std::string network_mode_text(const Container& container) {
  const hooks::ContainerNetwork& network = container.network;
  if (network.mode == hooks::NetworkMode::container) return "container:" + network.container;
  bool named = network.mode == hooks::NetworkMode::bridge && !network.networks.empty();
  return named ? network.networks[0].network : std::string(hooks::mode_word(network.mode));
}

Json network_settings_view(const Container& container, const std::vector<Connection>& own) {
  Json::Object networks;
  for (const hooks::NetworkAttachment& attachment : container.network.networks) {
    auto found = std::ranges::find_if(own, [&](const Connection& c) { return c.network.name == attachment.network; });
    networks.emplace_back(attachment.network, endpoint(attachment, found == own.end() ? nullptr : &*found));
  }
  // Docker tells these of its default bridge alone; scripts ask for them of any first network.
  Json view(Json::Object{{"Ports", ports_view(container, own)}});
  add_addresses(view, own.empty() ? nullptr : own.data(), own.empty() ? std::string() : own[0].mac);
  view.set("Networks", Json(std::move(networks)));
  return view;
}

Json network_view(const hooks::Network& network, const std::vector<Connection>& all) {
  Json::Array subnets;
  for (const hooks::NetworkSubnet& part : network.subnets) {
    Json::Object one{{"Subnet", Json(part.subnet)}, {"Gateway", Json(part.gateway)}};
    if (part.lease_range) {
      one.emplace_back("IPRange", Json(fmt::format("{}-{}", part.lease_range->start_ip, part.lease_range->end_ip)));
    }
    subnets.emplace_back(std::move(one));
  }
  auto with_prefix = [](const FamilyView& view) {
    return view.address.empty() ? std::string() : fmt::format("{}/{}", view.address, view.prefix);
  };
  Json::Object containers;
  for (const Connection& connection : all) {
    if (connection.network.id != network.id) continue;
    containers.emplace_back(connection.container_id,
                            Json(Json::Object{{"Name", Json(connection.container_name)},
                                              {"MacAddress", Json(connection.mac)},
                                              {"IPv4Address", Json(with_prefix(family(connection, false)))},
                                              {"IPv6Address", Json(with_prefix(family(connection, true)))}}));
  }
  Json::Object options;
  for (const auto& [name, value] : network.options) options.emplace_back(name, Json(value));
  Json::Object labels;
  for (const auto& [name, value] : network.labels) labels.emplace_back(name, Json(value));
  return Json(Json::Object{
      {"Name", Json(network.name)},
      {"Id", Json(network.id)},
      {"Created", Json(network.created)},
      {"Scope", Json("local")},
      {"Driver", Json(network.driver)},
      {"EnableIPv6", Json(network.ipv6_enabled)},
      {"IPAM", Json(Json::Object{{"Driver", Json("default")}, {"Config", Json(std::move(subnets))}})},
      {"Internal", Json(network.internal)},
      {"DNSEnabled", Json(network.dns_enabled)},
      {"Interface", Json(network.network_interface)},
      {"Containers", Json(std::move(containers))},
      {"Options", Json(std::move(options))},
      {"Labels", Json(std::move(labels))},
  });
}

}  // namespace aictr::cli
