#include "cli/container_network.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/trace.h"
#include "cli/network_files.h"
#include "cli/report.h"
#include "hooks/netavark.h"
#include "hooks/network_store.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

using hooks::Connection;
using hooks::Connections;
using hooks::Netavark;
using hooks::NetworkMode;

constexpr std::size_t kShortId = 12;
constexpr int kFirstMetric = 100;  // netavark's own; networks that come later are the worse way out

Result<hooks::Network> find_network(const hooks::NetworkStore& store, const std::string& name) {
  return name == hooks::kDefaultNetwork ? store.default_network() : store.find(name);
}

// A number that no other connection of the container has.
std::string free_interface(const std::vector<Connection>& own) {
  for (unsigned number = 0;; ++number) {
    std::string name = fmt::format("eth{}", number);
    if (std::ranges::none_of(own, [&](const Connection& other) { return other.interface == name; })) return name;
  }
}

void set_name_servers(Connection& connection, const Container& record, const Netavark& netavark) {
  if (!connection.network.dns_enabled) return;
  if (netavark.resolves_names()) {
    connection.dns_servers = record.network.dns;
    return;
  }
  connection.network.dns_enabled = false;
  report_warning(
      fmt::format("network '{}' resolves no names: install the package aardvark-dns", connection.network.name));
}

// Everything but the doing.
Result<Connection> plan(const Container& record, const hooks::NetworkAttachment& wanted, hooks::Network network,
                        const std::vector<Connection>& all) {
  std::vector<Connection> own = hooks::connections_of(all, record.id);
  Connection connection;
  connection.container_id = record.id;
  connection.container_name = record.name;
  connection.interface = free_interface(own);
  connection.network = std::move(network);
  if (!own.empty()) {
    connection.network.options.try_emplace("metric", std::to_string(kFirstMetric + static_cast<int>(own.size())));
  } else {
    connection.ports = TRY(hooks::choose_ports(record.network.ports, all, hooks::probe_host_port));
  }
  TRY(hooks::choose_addresses(connection, wanted, all));
  connection.aliases.push_back(record.id.substr(0, kShortId));
  return connection;
}

Result<void> add_connection(const Connections& connections, const Netavark& netavark, const Container& record,
                            const hooks::NetworkAttachment& wanted, hooks::Network network, pid_t pid,
                            std::vector<Connection>& all) {
  Connection connection = TRY(plan(record, wanted, std::move(network), all));
  set_name_servers(connection, record, netavark);
  TRY(netavark.set_up(connections, connection, pid));
  all.push_back(std::move(connection));
  return {};
}

Result<void> rewrite_files(const Globals& globals, const Container& record, const std::vector<Connection>& all) {
  Containers containers = TRY(Containers::open(globals.root));
  return write_network_files(record.network, hooks::connections_of(all, record.id), containers.directory(record));
}

Result<void> put_down_all(const Connections& connections, const Netavark& netavark, std::vector<Connection> own) {
  std::reverse(own.begin(), own.end());  // the one with the ports last
  for (const Connection& connection : own) TRY(netavark.tear_down(connections, connection, std::nullopt));
  return {};
}

Result<void> put_down(const Connections& connections, const std::string& id) {
  std::vector<Connection> own = TRY(connections.of(id));
  if (own.empty()) return {};
  Netavark netavark = TRY(Netavark::find());
  return put_down_all(connections, netavark, std::move(own));
}

Result<std::string> running_pid(const Globals& globals, const std::string& id) {
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  auto state = runtime::state(states, id);
  if (state.ok() && state.value().pid > 0 && state.value().status != "stopped")
    return std::to_string(state.value().pid);
  return make_error(Kind::busy, fmt::format("--network container:{}: it does not run", id.substr(0, kShortId)),
                    "start it first");
}

Result<void> join_container(const Globals& globals, oci::Spec& spec, const Container& record) {
  Containers containers = TRY(Containers::open(globals.root));
  Container other = TRY_AS("--network", containers.find(record.network.container));
  std::string pid = TRY(running_pid(globals, other.id));
  for (oci::Namespace& ns : spec.linux_part->namespaces) {
    if (ns.type == "network") ns.path = fmt::format("/proc/{}/ns/net", pid);
  }
  spec.hostname = other.network.hostname;
  mount_network_files(spec, containers.directory(other));
  return {};
}

}  // namespace

void set_network_namespace(oci::Spec& spec, const hooks::ContainerNetwork& network) {
  if (network.mode != NetworkMode::host) return;
  std::erase_if(spec.linux_part->namespaces, [](const oci::Namespace& ns) { return ns.type == "network"; });
}

Result<void> check_network(const Globals& globals, const hooks::ContainerNetwork& network) {
  if (network.mode != NetworkMode::bridge) return {};
  TRY(Netavark::find());
  auto store = TRY(hooks::NetworkStore::open(globals.root));
  for (const hooks::NetworkAttachment& attachment : network.networks) {
    if (attachment.network != hooks::kDefaultNetwork) TRY(store.find(attachment.network));
  }
  return {};
}

Result<void> prepare_network(const Globals& globals, oci::Spec& spec, const Container& record,
                             const std::string& directory) {
  if (record.network.mode == NetworkMode::container) return join_container(globals, spec, record);
  set_network_namespace(spec, record.network);
  TRY(write_network_files(record.network, {}, directory));
  mount_network_files(spec, directory);
  return {};
}

Result<void> connect(const Globals& globals, Container& record, pid_t pid) {
  if (record.network.mode != NetworkMode::bridge) return {};
  Netavark netavark = TRY(Netavark::find());
  Connections connections = TRY(Connections::hold(globals.runroot));
  TRY(put_down(connections, record.id));
  auto store = TRY(hooks::NetworkStore::open(globals.root));
  std::vector<Connection> all = TRY(connections.list());
  auto connect_all = [&]() -> Result<void> {
    for (const hooks::NetworkAttachment& wanted : record.network.networks) {
      hooks::Network network = TRY(find_network(store, wanted.network));
      TRY(add_connection(connections, netavark, record, wanted, std::move(network), pid, all));
    }
    return rewrite_files(globals, record, all);
  };
  auto connected = connect_all();
  if (!connected.ok()) ignore(put_down(connections, record.id));
  trace_step("network connected");
  return connected;
}

Result<void> disconnect(const Globals& globals, const Container& record) {
  if (record.network.mode != NetworkMode::bridge) return {};
  Connections connections = TRY(Connections::hold(globals.runroot));
  TRY(put_down(connections, record.id));
  trace_step("network disconnected");
  return {};
}

Result<void> connect_one(const Globals& globals, const Container& record, const hooks::NetworkAttachment& wanted,
                         pid_t pid) {
  Netavark netavark = TRY(Netavark::find());
  Connections connections = TRY(Connections::hold(globals.runroot));
  auto store = TRY(hooks::NetworkStore::open(globals.root));
  hooks::Network network = TRY(find_network(store, wanted.network));
  std::vector<Connection> all = TRY(connections.list());
  TRY(add_connection(connections, netavark, record, wanted, std::move(network), pid, all));
  return rewrite_files(globals, record, all);
}

Result<void> disconnect_one(const Globals& globals, const Container& record, const std::string& network, pid_t pid) {
  Netavark netavark = TRY(Netavark::find());
  Connections connections = TRY(Connections::hold(globals.runroot));
  for (const Connection& connection : TRY(connections.of(record.id))) {
    if (connection.network.name == network) TRY(netavark.tear_down(connections, connection, pid));
  }
  std::vector<Connection> all = TRY(connections.list());
  return rewrite_files(globals, record, all);
}

Result<void> disconnect_abandoned(const Globals& globals) {
  auto seen = TRY(Connections::look(globals.runroot));
  if (seen.empty()) return {};
  Containers containers = TRY(Containers::open(globals.root));
  for (const Connection& connection : seen) {
    auto record = containers.find(connection.container_id);
    if (record.ok()) {
      if (!TRY(containers.is_left(record.value()))) continue;  // its monitor does it
    } else if (record.error().kind != Kind::not_found) {
      return std::move(record).error();
    }
    Connections connections = TRY(Connections::hold(globals.runroot));
    TRY(put_down(connections, connection.container_id));
  }
  return {};
}

}  // namespace aictr::cli
