#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct NetworkCreateFlags {
  std::string driver = "bridge";
  std::vector<std::string> subnet;
  std::vector<std::string> gateway;
  std::vector<std::string> ip_range;
  bool ipv6 = false;
  bool internal = false;
  bool disable_dns = false;
  std::vector<std::string> label;
  std::vector<std::string> option;
};
struct NetworkListFlags {
  std::vector<std::string> filter;
  std::string format;
  bool no_trunc = false;
  bool quiet = false;
};
struct NetworkInspectFlags {
  std::string format;
};
struct NetworkRemoveFlags {
  bool force = false;
};
struct NetworkConnectFlags {
  std::vector<std::string> alias;
  std::string ip;
  std::string ip6;
  std::string mac_address;
};
struct NetworkDisconnectFlags {
  bool force = false;
};
struct NetworkPruneFlags {
  bool force = false;
};

extern const CommandFor<NetworkCreateFlags> kNetworkCreateCommand;
extern const CommandFor<NetworkListFlags> kNetworkListCommand;
extern const CommandFor<NetworkInspectFlags> kNetworkInspectCommand;
extern const CommandFor<NetworkRemoveFlags> kNetworkRemoveCommand;
extern const CommandFor<NetworkConnectFlags> kNetworkConnectCommand;
extern const CommandFor<NetworkDisconnectFlags> kNetworkDisconnectCommand;
extern const CommandFor<NetworkPruneFlags> kNetworkPruneCommand;
extern const CommandFor<NoFlags> kPortCommand;

using Arguments = std::vector<std::string>;
Result<int> network_create(const Globals& globals, const NetworkCreateFlags& flags, const Arguments& arguments);
Result<int> network_list(const Globals& globals, const NetworkListFlags& flags, const Arguments& arguments);
Result<int> network_inspect(const Globals& globals, const NetworkInspectFlags& flags, const Arguments& arguments);
Result<int> network_remove(const Globals& globals, const NetworkRemoveFlags& flags, const Arguments& arguments);
Result<int> network_connect(const Globals& globals, const NetworkConnectFlags& flags, const Arguments& arguments);
Result<int> network_disconnect(const Globals& globals, const NetworkDisconnectFlags& flags, const Arguments& arguments);
Result<int> network_prune(const Globals& globals, const NetworkPruneFlags& flags, const Arguments& arguments);
Result<int> port(const Globals& globals, const NoFlags& flags, const Arguments& arguments);

}  // namespace aictr::cli
