#include <algorithm>

#include <fmt/core.h>

#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/network_command.h"
#include "cli/run_network.h"
#include "hooks/network_store.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

bool is_on(const Container& container, const std::string& network) {
  return std::ranges::any_of(container.network.networks,
                             [&](const hooks::NetworkAttachment& one) { return one.network == network; });
}

Result<void> need_bridge(const Container& container) {
  if (container.network.mode == hooks::NetworkMode::bridge) return {};
  return make_error(
      Kind::usage,
      fmt::format("container '{}' has --network {}", container.name, hooks::mode_word(container.network.mode)),
      "only a container on a network can be put on another one");
}

// The process of a running container; nothing when it does not run.
Result<std::optional<pid_t>> process_of(const Globals& globals, const Container& container) {
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  auto state = runtime::state(states, container.id);
  if (!state.ok() && state.error().kind != Kind::not_found) return std::move(state).error();
  bool runs = state.ok() && state.value().pid > 0 && state.value().status != "stopped";
  return runs ? std::optional(static_cast<pid_t>(state.value().pid)) : std::nullopt;
}

}  // namespace

Result<int> network_connect(const Globals& globals, const NetworkConnectFlags& flags, const Arguments& arguments) {
  auto store = TRY(hooks::NetworkStore::open(globals.root));
  Containers containers = TRY(Containers::open(globals.root));
  hooks::Network network = TRY(store.find(arguments[0]));
  Container container = TRY(containers.find(arguments[1]));
  TRY(need_bridge(container));
  if (is_on(container, network.name)) {
    return make_error(Kind::exists, fmt::format("container '{}' is on network '{}'", container.name, network.name));
  }
  hooks::NetworkAttachment wanted;
  wanted.network = network.name;
  wanted.aliases = flags.alias;
  wanted.ip = flags.ip;
  wanted.ip6 = flags.ip6;
  wanted.mac = flags.mac_address;
  TRY(check_attachment(wanted));
  if (auto pid = TRY(process_of(globals, container))) TRY(connect_one(globals, container, wanted, *pid));
  TRY(containers.change(container, [&](Container& record) { record.network.networks.push_back(wanted); }));
  return 0;
}

Result<int> network_disconnect(const Globals& globals, const NetworkDisconnectFlags&, const Arguments& arguments) {
  Containers containers = TRY(Containers::open(globals.root));
  Container container = TRY(containers.find(arguments[1]));
  auto store = TRY(hooks::NetworkStore::open(globals.root));
  hooks::Network network = TRY(store.find(arguments[0]));
  TRY(need_bridge(container));
  if (!is_on(container, network.name)) {
    return make_error(Kind::not_found,
                      fmt::format("container '{}' is not on network '{}'", container.name, network.name));
  }
  TRY(containers.change(container, [&](Container& record) {
    std::erase_if(record.network.networks,
                  [&](const hooks::NetworkAttachment& one) { return one.network == network.name; });
  }));
  auto pid = TRY(process_of(globals, container));
  if (pid) TRY(disconnect_one(globals, container, network.name, *pid));
  return 0;
}

}  // namespace aictr::cli
