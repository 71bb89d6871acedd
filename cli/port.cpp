#include <algorithm>

#include <fmt/core.h>

#include "cli/container.h"
#include "cli/network_command.h"
#include "cli/network_view.h"
#include "cli/report.h"
#include "hooks/network_connections.h"

namespace aictr::cli {

Result<int> port(const Globals& globals, const NoFlags&, const Arguments& arguments) {
  Containers containers = TRY(Containers::open(globals.root));
  Container container = TRY(containers.find(arguments[0]));
  std::string wanted;
  if (arguments.size() > 1) {
    auto ports = TRY_AS("port", hooks::parse_expose(arguments[1]));
    wanted = ports.front();
  }
  auto own = hooks::connections_of(TRY(hooks::Connections::look(globals.runroot)), container.id);
  std::string text;
  for (const hooks::Connection& connection : own) {
    for (const hooks::PortMapping& mapping : connection.ports) {
      std::string inside = fmt::format("{}/{}", mapping.container_port, mapping.protocol);
      if (!wanted.empty() && inside != wanted) continue;
      for (const std::string& place : host_places(mapping, own)) {
        text += wanted.empty() ? fmt::format("{} -> {}\n", inside, place) : place + "\n";
      }
    }
  }
  if (text.empty() && !wanted.empty()) {
    return make_error(Kind::not_found, fmt::format("no public port '{}' published for {}", wanted, arguments[0]));
  }
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
