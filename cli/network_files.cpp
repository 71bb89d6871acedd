#include "cli/network_files.h"

#include <arpa/inet.h>
#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"

namespace aictr::cli {
namespace {

constexpr const char* kLoopback =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n";

// A host without the file is a host whose file is empty.
std::string host_text(const char* path) {
  return read_file(AT_FDCWD, path).value_or("");
}

Result<void> add_file(oci::Spec& spec, const std::string& directory, const std::string& name, const std::string& text) {
  std::string path = fmt::format("{}/{}", directory, name);
  TRY(write_file(AT_FDCWD, path, text, 0644, Durability::until_reboot));
  oci::Mount mount;
  mount.type = "bind";
  mount.source = path;
  mount.destination = "/etc/" + name;
  mount.options = {"bind", "private"};
  spec.mounts.push_back(std::move(mount));
  return {};
}

bool is_address(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 || ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

Result<Network> parse_network(const std::string& text) {
  if (text == "host") return Network::host;
  if (text == "none") return Network::none;
  return make_error(Kind::unsupported, fmt::format("network '{}' is not supported yet", text),
                    "use --network host or --network none");
}

Result<std::string> hosts_lines(const std::vector<std::string>& add_host) {
  std::string lines;
  for (const std::string& text : add_host) {
    std::size_t end = text.find_first_of("=:");
    std::string name = text.substr(0, end);
    std::string address = end == std::string::npos ? "" : text.substr(end + 1);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (address == "host-gateway") address = "127.0.0.1";  // the host's network is the container's
    if (name.empty() || name.find_first_of(" \t\n") != std::string::npos || !is_address(address)) {
      return make_error(Kind::usage, fmt::format("invalid value '{}' for --add-host: write NAME:ADDRESS", text));
    }
    lines += fmt::format("{}\t{}\n", address, name);
  }
  return lines;
}

Result<void> connect_network(oci::Spec& spec, Network network, const std::string& hostname,
                             const std::string& more_hosts, const std::string& directory) {
  std::string hosts = kLoopback;
  if (network == Network::host) {
    std::erase_if(spec.linux_part->namespaces, [](const oci::Namespace& ns) { return ns.type == "network"; });
    std::string text = host_text("/etc/hosts");
    if (!text.empty()) hosts = text.back() == '\n' ? text : text + "\n";
  }
  TRY(add_file(spec, directory, "hosts", hosts + fmt::format("127.0.1.1\t{}\n", hostname) + more_hosts));
  TRY(add_file(spec, directory, "hostname", hostname + "\n"));
  return add_file(spec, directory, "resolv.conf", network == Network::host ? host_text("/etc/resolv.conf") : "");
}

}  // namespace aictr::cli
