#pragma once

// /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. They are made in its directory and mounted over what
// the image has; each start writes them again, in place.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/network_attachment.h"
#include "hooks/network_connection.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// --add-host NAME:ADDRESS or NAME=ADDRESS as lines of hosts(5); "host-gateway" stands for `gateway`. Kind::usage for
// what is no name or no address. Pure.
Result<std::string> hosts_lines(const std::vector<std::string>& add_host, const std::string& gateway);

// `host`: the host's /etc/hosts, which counts with the host's network alone. Pure.
Result<std::string> hosts_text(const hooks::ContainerNetwork& network,
                               const std::vector<hooks::Connection>& connections, const std::string& host);

// `host`: the host's /etc/resolv.conf. With a network that resolves names its servers stand alone; a server on the
// host's loopback cannot be reached from another network. Pure.
std::string resolv_conf_text(const hooks::ContainerNetwork& network, const std::vector<hooks::Connection>& connections,
                             const std::string& host);

// Writes the files, the same ones every time, into `directory` (absolute).
Result<void> write_network_files(const hooks::ContainerNetwork& network,
                                 const std::vector<hooks::Connection>& connections, const std::string& directory);

// Shows the files of `directory` to the container.
void mount_network_files(oci::Spec& spec, const std::string& directory);

}  // namespace aictr::cli
