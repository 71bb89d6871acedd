#include "cli/network_files.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::cli {
namespace {

using hooks::Connection;
using hooks::ContainerNetwork;
using hooks::NetworkMode;

constexpr const char* kLoopback =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n";
constexpr const char* kFiles[] = {"hosts", "hostname", "resolv.conf"};
constexpr const char* kDomain = "dns.podman";  // under which aardvark-dns knows every name, too
// With only a stub on the loopback in /etc/resolv.conf, systemd-resolved keeps the real servers there.
constexpr const char* kResolvedServers = "/run/systemd/resolve/resolv.conf";

// A host without the file is a host whose file is empty.
std::string host_text(const char* path) {
  return read_file(AT_FDCWD, path).value_or("");
}

// In place: the container has this very file mounted. What is there may not be a link: the directory is ours.
Result<void> rewrite(const std::string& path, std::string_view text) {
  UniqueFd fd = TRY(sys::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  return sys::write_all(fd.get(), text);
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

struct Resolver {
  std::vector<std::string> servers;
  std::vector<std::string> search;
  std::vector<std::string> options;
};

Resolver parse_resolv_conf(const std::string& text) {
  Resolver resolver;
  for (const std::string& line : split(text, '\n')) {
    auto parts = words(line);
    if (parts.size() < 2) continue;
    auto& into = parts[0] == "nameserver" ? resolver.servers
                 : parts[0] == "search"   ? resolver.search
                                          : resolver.options;
    if (parts[0] != "nameserver" && parts[0] != "search" && parts[0] != "options") continue;
    if (parts[0] == "search") into.clear();  // the last one counts (resolv.conf(5))
    into.insert(into.end(), parts.begin() + 1, parts.end());
  }
  return resolver;
}

std::string print_resolver(const Resolver& resolver) {
  std::string text;
  if (!resolver.search.empty()) text += fmt::format("search {}\n", join(resolver.search, " "));
  for (const std::string& server : resolver.servers) text += fmt::format("nameserver {}\n", server);
  if (!resolver.options.empty()) text += fmt::format("options {}\n", join(resolver.options, " "));
  return text;
}

std::vector<std::string> own_servers(const std::vector<Connection>& connections) {
  std::vector<std::string> servers;
  for (const Connection& connection : connections) {
    if (!connection.network.dns_enabled) continue;
    for (const hooks::NetworkSubnet& part : connection.network.subnets) servers.push_back(part.gateway);
  }
  return servers;
}

std::string gateway_of(const ContainerNetwork& network, const std::vector<Connection>& connections) {
  bool direct = network.mode == NetworkMode::host || connections.empty() || connections[0].network.subnets.empty();
  return direct ? "127.0.0.1" : connections[0].network.subnets[0].gateway;
}

}  // namespace

Result<std::string> hosts_lines(const std::vector<std::string>& add_host, const std::string& gateway) {
  std::string lines;
  for (const std::string& text : add_host) {
    std::size_t end = text.find_first_of("=:");
    std::string name = text.substr(0, end);
    std::string address = end == std::string::npos ? "" : text.substr(end + 1);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (address == "host-gateway") address = gateway;
    if (name.empty() || name.find_first_of(" \t\n") != std::string::npos || !hooks::IpAddress::parse(address)) {
      return make_error(Kind::usage, fmt::format("invalid value '{}' for --add-host: write NAME:ADDRESS", text));
    }
    lines += fmt::format("{}\t{}\n", address, name);
  }
  return lines;
}

Result<std::string> hosts_text(const ContainerNetwork& network, const std::vector<Connection>& connections,
                               const std::string& host) {
  std::string text = kLoopback;
  if (network.mode == NetworkMode::host && !host.empty()) text = host.back() == '\n' ? host : host + "\n";
  std::string own;
  for (const Connection& connection : connections) {
    for (const std::string& address : connection.addresses) {
      own += fmt::format("{}\t{} {}\n", address, network.hostname, connection.container_name);
    }
  }
  if (own.empty()) own = fmt::format("127.0.1.1\t{}\n", network.hostname);
  std::string more = TRY(hosts_lines(network.hosts, gateway_of(network, connections)));
  return text + own + more;
}

std::string resolv_conf_text(const ContainerNetwork& network, const std::vector<Connection>& connections,
                             const std::string& host) {
  bool plain = network.dns.empty() && network.dns_search.empty() && network.dns_options.empty();
  if (network.mode == NetworkMode::host && plain) return host;
  if (network.mode == NetworkMode::none && plain) return "";
  Resolver resolver;
  if (network.mode != NetworkMode::none) resolver = parse_resolv_conf(host);
  if (network.mode == NetworkMode::bridge) std::erase_if(resolver.servers, is_loopback);
  auto servers = own_servers(connections);
  if (!servers.empty()) {
    resolver.servers = servers;
    resolver.search.insert(resolver.search.begin(), kDomain);
  } else if (!network.dns.empty()) {
    resolver.servers = network.dns;
  }
  if (!network.dns_search.empty()) resolver.search = network.dns_search;
  if (network.dns_search == std::vector<std::string>{"."}) resolver.search.clear();
  if (!network.dns_options.empty()) resolver.options = network.dns_options;
  return print_resolver(resolver);
}

Result<void> write_network_files(const ContainerNetwork& network, const std::vector<Connection>& connections,
                                 const std::string& directory) {
  std::string hosts = TRY(hosts_text(network, connections, host_text("/etc/hosts")));
  std::string resolver = host_text("/etc/resolv.conf");
  auto servers = parse_resolv_conf(resolver).servers;
  bool stub = !servers.empty() && std::all_of(servers.begin(), servers.end(), is_loopback);
  if (network.mode == NetworkMode::bridge && stub) resolver = host_text(kResolvedServers);
  TRY(rewrite(directory + "/hosts", hosts));
  TRY(rewrite(directory + "/hostname", network.hostname + "\n"));
  return rewrite(directory + "/resolv.conf", resolv_conf_text(network, connections, resolver));
}

void mount_network_files(oci::Spec& spec, const std::string& directory) {
  for (const char* name : kFiles) {
    oci::Mount mount;
    mount.type = "bind";
    mount.source = fmt::format("{}/{}", directory, name);
    mount.destination = fmt::format("/etc/{}", name);
    mount.options = {"bind", "private"};
    spec.mounts.push_back(std::move(mount));
  }
}

}  // namespace aictr::cli
