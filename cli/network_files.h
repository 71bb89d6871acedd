#pragma once

#include <string>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

enum class Network { host, none };
Result<Network> parse_network(const std::string& text);

// Gives the container its /etc/hosts, /etc/hostname and /etc/resolv.conf: written into `directory` (absolute), mounted
// over whatever the image has. With the host's network they say what the host's say. Also settles the network
// namespace.
Result<void> connect_network(oci::Spec& spec, Network network, const std::string& hostname,
                             const std::string& directory);

}  // namespace aictr::cli
