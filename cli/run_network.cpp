#include "cli/run_network.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/network_files.h"
#include "hooks/netavark.h"
#include "hooks/network.h"

namespace aictr::cli {
namespace {

using hooks::ContainerNetwork;
using hooks::NetworkAttachment;
using hooks::NetworkMode;

Error wrong(std::string_view flag, const std::string& value, std::string_view why, std::string hint = {}) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: {}", value, flag, why), std::move(hint));
}

Result<void> set_option(NetworkAttachment& attachment, const std::string& text, const std::string& option) {
  std::size_t equals = option.find('=');
  std::string key = option.substr(0, equals);
  std::string value = equals == std::string::npos ? "" : option.substr(equals + 1);
  if (key == "name" && !value.empty()) {
    attachment.network = value;
  } else if (key == "alias" && !value.empty()) {
    attachment.aliases.push_back(value);
  } else if (key == "ip" || key == "ip6") {
    auto& into = value.find(':') == std::string::npos ? attachment.ip : attachment.ip6;
    into = value;
  } else if ((key == "mac" || key == "mac-address") && !value.empty()) {
    attachment.mac = value;
  } else {
    return wrong("network", text, fmt::format("unknown option '{}'", option), "options are ip, ip6, mac and alias");
  }
  return {};
}

// NAME, Podman's NAME:ip=A,alias=B, or Docker's name=NAME,ip=A,alias=B.
Result<NetworkAttachment> parse_attachment(const std::string& text) {
  NetworkAttachment attachment;
  std::string options;
  if (text.starts_with("name=")) {
    options = text;
  } else {
    std::size_t colon = text.find(':');
    attachment.network = text.substr(0, colon);
    if (colon != std::string::npos) options = text.substr(colon + 1);
  }
  if (!options.empty()) {
    for (const std::string& option : split(options, ',')) TRY(set_option(attachment, text, option));
  }
  if (attachment.network.empty()) return wrong("network", text, "it names no network");
  return attachment;
}

Result<void> set_networks(ContainerNetwork& network, const std::vector<std::string>& texts) {
  const std::string& first = texts.front();
  network.mode = NetworkMode::bridge;
  if (first == "host" || first == "none") network.mode = hooks::mode_of_word(first);
  if (first.starts_with("container:")) {
    network.mode = NetworkMode::container;
    network.container = first.substr(std::string_view("container:").size());
    if (network.container.empty()) return wrong("network", first, "it names no container");
  }
  if (network.mode != NetworkMode::bridge) {
    if (texts.size() == 1) return {};
    return make_error(Kind::usage, fmt::format("--network {} cannot be combined with other networks", first));
  }
  for (const std::string& text : texts) {
    if (text == "host" || text == "none" || text.starts_with("container:")) {
      return make_error(Kind::usage, fmt::format("--network {} cannot be combined with other networks", text));
    }
    NetworkAttachment attachment = TRY(parse_attachment(text == "default" ? hooks::kDefaultNetwork : text));
    network.networks.push_back(std::move(attachment));
  }
  return {};
}

Result<void> set_first_attachment(ContainerNetwork& network, const RunFlags& flags) {
  bool asked = !flags.ip.empty() || !flags.ip6.empty() || !flags.mac_address.empty() || !flags.network_alias.empty();
  if (network.mode != NetworkMode::bridge) {
    if (!asked) return {};
    return make_error(Kind::usage,
                      fmt::format("--network {} goes without an address, a hardware address or an alias",
                                  hooks::mode_word(network.mode)),
                      "they need a network of the container's own, such as --network bridge");
  }
  NetworkAttachment& first = network.networks.front();
  if (!flags.ip.empty()) first.ip = flags.ip;
  if (!flags.ip6.empty()) first.ip6 = flags.ip6;
  if (!flags.mac_address.empty()) first.mac = flags.mac_address;
  first.aliases.insert(first.aliases.end(), flags.network_alias.begin(), flags.network_alias.end());
  for (const NetworkAttachment& attachment : network.networks) TRY(check_attachment(attachment));
  return {};
}

Result<void> set_ports(ContainerNetwork& network, const RunFlags& flags, const oci::ContainerConfig& image) {
  for (const std::string& text : flags.publish) {
    auto ports = TRY(hooks::parse_publish(text));
    network.ports.insert(network.ports.end(), ports.begin(), ports.end());
  }
  std::vector<std::string> exposed = image.exposed_ports;
  exposed.insert(exposed.end(), flags.expose.begin(), flags.expose.end());
  for (const std::string& text : exposed) {
    for (std::string& port : TRY(hooks::parse_expose(text))) network.exposed.push_back(std::move(port));
  }
  std::sort(network.exposed.begin(), network.exposed.end());
  network.exposed.erase(std::unique(network.exposed.begin(), network.exposed.end()), network.exposed.end());
  if (!flags.publish_all) return {};
  for (const std::string& port : network.exposed) {
    auto mappings = TRY(hooks::parse_publish(port));
    bool published = std::any_of(network.ports.begin(), network.ports.end(), [&](const hooks::PortMapping& other) {
      return other.container_port == mappings[0].container_port && other.protocol == mappings[0].protocol;
    });
    if (!published) network.ports.push_back(std::move(mappings[0]));
  }
  return {};
}

Result<void> set_names(ContainerNetwork& network, const RunFlags& flags) {
  for (const std::string& server : flags.dns) {
    if (!hooks::IpAddress::parse(server)) return wrong("dns", server, "it is no address");
  }
  bool shared = network.mode == NetworkMode::container;
  if (shared && (!flags.add_host.empty() || !flags.dns.empty() || !flags.hostname.empty() || !network.ports.empty())) {
    return make_error(Kind::usage, "--network container:… goes without ports, host name, --dns and --add-host",
                      "give them to the container whose network it is");
  }
  network.dns = flags.dns;
  network.dns_options = flags.dns_option;
  network.dns_search = flags.dns_search;
  network.hosts = flags.add_host;
  TRY(hosts_lines(flags.add_host, "127.0.0.1"));  // only whether they are right
  return {};
}

}  // namespace

Result<void> check_attachment(const NetworkAttachment& attachment) {
  auto ip = hooks::IpAddress::parse(attachment.ip);
  auto ip6 = hooks::IpAddress::parse(attachment.ip6);
  if (!attachment.ip.empty() && (!ip || ip->v6)) return wrong("ip", attachment.ip, "it is no address of IPv4");
  if (!attachment.ip6.empty() && (!ip6 || !ip6->v6)) return wrong("ip6", attachment.ip6, "it is no address of IPv6");
  if (!attachment.mac.empty() && !hooks::is_mac_address(attachment.mac)) {
    return wrong("mac-address", attachment.mac, "it is no hardware address", "write it as 02:42:ac:11:00:02");
  }
  return {};
}

Result<ContainerNetwork> run_network(const RunFlags& flags, const oci::ContainerConfig& image,
                                     const std::string& otherwise) {
  ContainerNetwork network;
  TRY(set_networks(network, flags.network.empty() ? std::vector{otherwise} : flags.network));
  TRY(set_first_attachment(network, flags));
  TRY(set_ports(network, flags, image));
  TRY(set_names(network, flags));
  return network;
}

std::string usual_network() {
  const char* given = std::getenv("AICTR_NETWORK");
  if (given != nullptr && *given != '\0') return given;
  return hooks::Netavark::find().ok() ? hooks::kDefaultNetwork : "host";
}

}  // namespace aictr::cli
