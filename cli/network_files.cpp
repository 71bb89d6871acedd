#include "cli/network_files.h"

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

}  // namespace

Result<Network> parse_network(const std::string& text) {
  if (text == "host") return Network::host;
  if (text == "none") return Network::none;
  return make_error(Kind::unsupported, fmt::format("network '{}' is not supported yet", text),
                    "use --network host or --network none");
}

Result<void> connect_network(oci::Spec& spec, Network network, const std::string& hostname,
                             const std::string& directory) {
  std::string hosts = kLoopback;
  if (network == Network::host) {
    std::erase_if(spec.linux_part->namespaces, [](const oci::Namespace& ns) { return ns.type == "network"; });
    std::string text = host_text("/etc/hosts");
    if (!text.empty()) hosts = text.back() == '\n' ? text : text + "\n";
  }
  TRY(add_file(spec, directory, "hosts", hosts + fmt::format("127.0.1.1\t{}\n", hostname)));
  TRY(add_file(spec, directory, "hostname", hostname + "\n"));
  return add_file(spec, directory, "resolv.conf", network == Network::host ? host_text("/etc/resolv.conf") : "");
}

}  // namespace aictr::cli
