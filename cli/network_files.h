#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

enum class Network { host, none };
Result<Network> parse_network(const std::string& text);

// --add-host NAME:ADDRESS or NAME=ADDRESS as lines of hosts(5). Kind::usage for what is no name or no address. Pure.
Result<std::string> hosts_lines(const std::vector<std::string>& add_host);

// Gives the container its /etc/hosts, /etc/hostname and /etc/resolv.conf: written into `directory` (absolute), mounted
// over whatever the image has. With the host's network they say what the host's say, and `more_hosts` after it. Also
// settles the network namespace.
Result<void> connect_network(oci::Spec& spec, Network network, const std::string& hostname,
                             const std::string& more_hosts, const std::string& directory);

}  // namespace aictr::cli
