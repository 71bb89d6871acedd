#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/age.h"
#include "cli/confirm.h"
#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/exit_code.h"
#include "cli/filter.h"
#include "cli/format.h"
#include "cli/network_command.h"
#include "cli/network_view.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "cli/run_spec.h"
#include "hooks/network_connections.h"
#include "hooks/network_store.h"

namespace aictr::cli {
namespace {

using hooks::Connections;
using hooks::Network;
using hooks::NetworkStore;
using oci::Json;

constexpr std::size_t kShortId = 12;
constexpr std::string_view kFilterKeys[] = {"driver", "id", "label", "name"};
constexpr Column kColumns[] = {
    {"ID", "NETWORK ID"},
    {"Name", "NAME"},
    {"Driver", "DRIVER"},
    {"Scope", "SCOPE"},
    {"CreatedAt", "CREATED AT", false},
    {"IPv6", "IPV6", false},
    {"Internal", "INTERNAL", false},
    {"Labels", "LABELS", false},
};

std::string labels_text(const Network& network) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : network.labels) texts.push_back(fmt::format("{}={}", name, value));
  return join(texts, ",");
}

Json row_of(const Network& network, bool no_trunc) {
  return Json(Json::Object{
      {"CreatedAt", Json(network.created)},
      {"Driver", Json(network.driver)},
      {"ID", Json(no_trunc ? network.id : network.id.substr(0, kShortId))},
      {"IPv6", Json(network.ipv6_enabled ? "true" : "false")},
      {"Internal", Json(network.internal ? "true" : "false")},
      {"Labels", Json(labels_text(network))},
      {"Name", Json(network.name)},
      {"Scope", Json("local")},
  });
}

bool is_wanted(const Network& network, const Filters& filters) {
  return filters.allow_labels(network.labels) &&
         filters.allow("driver", [&](const std::string& driver) { return network.driver == driver; }) &&
         filters.allow("id", [&](const std::string& id) { return network.id.starts_with(id); }) &&
         filters.allow("name", [&](const std::string& name) { return network.name.find(name) != std::string::npos; });
}

// The default network is there for a person even before its first container.
Result<NetworkStore> store_with_default(const Globals& globals) {
  Connections lock = TRY(Connections::hold(globals.runroot));
  NetworkStore store = TRY(NetworkStore::open(globals.root));
  TRY(store.default_network());
  return store;
}

// Names of the containers whose record has the network, whether they run or not.
Result<std::vector<std::string>> users_of(const Globals& globals, const std::string& network) {
  Containers containers = TRY(Containers::open(globals.root));
  std::vector<std::string> users;
  for (const Container& container : TRY(containers.list())) {
    bool is_on = std::ranges::any_of(container.network.networks,
                                     [&](const hooks::NetworkAttachment& one) { return one.network == network; });
    if (is_on) users.push_back(container.name);
  }
  return users;
}

// Under the lock: nobody connects to a network that goes.
Result<void> remove_unused(const Globals& globals, const NetworkStore& store, const Network& network) {
  std::vector<std::string> users = TRY(users_of(globals, network.name));
  if (users.empty()) return store.remove(network);
  return make_error(
      Kind::busy, fmt::format("network '{}' is used by {}", network.name, join(users, ", ")),
      fmt::format("remove these containers, or `aictr network disconnect {} {}`", network.name, users[0]));
}

}  // namespace

Result<int> network_create(const Globals& globals, const NetworkCreateFlags& flags, const Arguments& arguments) {
  if (flags.driver != "bridge") {
    return make_error(Kind::unsupported, fmt::format("there is no network driver '{}'", flags.driver),
                      "the driver is bridge");
  }
  hooks::NetworkWish wish;
  wish.name = arguments[0];
  wish.subnets = flags.subnet;
  wish.gateways = flags.gateway;
  wish.ranges = flags.ip_range;
  wish.ipv6 = flags.ipv6;
  wish.internal = flags.internal;
  wish.dns = !flags.disable_dns;
  wish.labels = TRY(key_values("label", flags.label));
  wish.options = TRY(key_values("opt", flags.option));
  Connections lock = TRY(Connections::hold(globals.runroot));
  NetworkStore store = TRY(NetworkStore::open(globals.root));
  TRY(store.default_network());  // so that its name is taken
  Network network = TRY(store.create(wish));
  TRY(print(network.name + "\n"));
  return 0;
}

Result<int> network_list(const Globals& globals, const NetworkListFlags& flags, const Arguments&) {
  Filters filters = TRY(Filters::parse(flags.filter, kFilterKeys));
  NetworkStore store = TRY(store_with_default(globals));
  std::vector<Json> rows;
  for (const Network& network : TRY(store.list())) {
    if (is_wanted(network, filters)) rows.push_back(row_of(network, flags.no_trunc));
  }
  std::string text = TRY(format_list(flags.quiet ? "{{.ID}}" : flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

Result<int> network_inspect(const Globals& globals, const NetworkInspectFlags& flags, const Arguments& arguments) {
  NetworkStore store = TRY(store_with_default(globals));
  auto all = TRY(Connections::look(globals.runroot));
  std::vector<Json> objects;
  int code = 0;
  for (const std::string& name : arguments) {
    auto network = store.find(name);
    if (network.ok()) {
      objects.push_back(network_view(network.value(), all));
    } else {
      report_error(std::move(network).error().context("network inspect"));
      code = kFailed;
    }
  }
  std::string text = TRY(format_objects(flags.format, objects));
  TRY(print(text));
  return code;
}

Result<int> network_remove(const Globals& globals, const NetworkRemoveFlags& flags, const Arguments& arguments) {
  TRY(disconnect_abandoned(globals));
  Connections lock = TRY(Connections::hold(globals.runroot));
  NetworkStore store = TRY(NetworkStore::open(globals.root));
  int code = 0;
  for (const std::string& name : arguments) {
    auto network = store.find(name);
    if (!network.ok() && network.error().kind == Kind::not_found && flags.force) continue;
    auto removed = network.ok() ? remove_unused(globals, store, network.value()) : Result<void>(network.error());
    if (removed.ok()) {
      TRY(print(name + "\n"));
    } else {
      report_error(std::move(removed).error().context("network rm"));
      code = kFailed;
    }
  }
  return code;
}

Result<int> network_prune(const Globals& globals, const NetworkPruneFlags& flags, const Arguments&) {
  bool may = flags.force || TRY(confirm("This removes all networks that no container is on."));
  if (!may) return 0;
  TRY(disconnect_abandoned(globals));
  Connections lock = TRY(Connections::hold(globals.runroot));
  NetworkStore store = TRY(NetworkStore::open(globals.root));
  std::string text;
  for (const Network& network : TRY(store.list())) {
    std::vector<std::string> users = TRY(users_of(globals, network.name));
    if (network.is_default() || !users.empty()) continue;
    TRY(store.remove(network));
    text += network.name + "\n";
  }
  if (!text.empty()) TRY(print("Deleted Networks:\n" + text));
  return 0;
}

}  // namespace aictr::cli
