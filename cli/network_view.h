#pragma once

// Networks, and what a container's are, as `inspect` and `ps` show them: in Docker's names and nesting.

#include <string>
#include <vector>

#include "cli/container.h"
#include "hooks/network.h"
#include "hooks/network_connection.h"
#include "oci/json.h"

namespace aictr::cli {

// `own`: the connections of a container that runs; none of one that does not.
oci::Json network_settings_view(const Container& container, const std::vector<hooks::Connection>& own);
std::string ports_column(const Container& container, const std::vector<hooks::Connection>& own);
std::string networks_column(const Container& container);

// HostConfig's NetworkMode: "host", "backend", "container:ID".
std::string network_mode_text(const Container& container);

// `all`: the connections of everybody.
oci::Json network_view(const hooks::Network& network, const std::vector<hooks::Connection>& all);

// Docker's lines for one published port: "0.0.0.0:8080", and "[::]:8080" when the container has IPv6.
std::vector<std::string> host_places(const hooks::PortMapping& port, const std::vector<hooks::Connection>& own);

}  // namespace aictr::cli
