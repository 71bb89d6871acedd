#include "cli/network_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kCreateFlags[] = {
    flag<&NetworkCreateFlags::disable_dns>("disable-dns", 0, "", "do not resolve names of containers"),
    flag<&NetworkCreateFlags::driver>("driver", 'd', "DRIVER", "bridge"),
    flag<&NetworkCreateFlags::gateway>("gateway", 0, "ADDRESS", "the host's address in it; the first unless given"),
    flag<&NetworkCreateFlags::internal>("internal", 0, "", "no way out of it"),
    flag<&NetworkCreateFlags::ip_range>("ip-range", 0, "SUBNET", "the part of its subnet that containers get"),
    flag<&NetworkCreateFlags::ipv6>("ipv6", 0, "", "a subnet of IPv6, too; a unique local one unless given"),
    flag<&NetworkCreateFlags::label>("label", 0, "KEY=VALUE", "label it"),
    flag<&NetworkCreateFlags::option>("opt", 'o', "NAME=VALUE", "mtu=NUMBER, isolate=true"),
    flag<&NetworkCreateFlags::subnet>("subnet", 0, "SUBNET",
                                      "its addresses, such as 10.5.0.0/24; may be repeated, for IPv6"),
};
constexpr Flag kListFlags[] = {
    flag<&NetworkListFlags::filter>("filter", 'f', "KEY=VALUE", "list only what matches: driver, id, label, name"),
    flag<&NetworkListFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.Name}}'"),
    flag<&NetworkListFlags::no_trunc>("no-trunc", 0, "", "do not shorten ids"),
    flag<&NetworkListFlags::quiet>("quiet", 'q', "", "print ids only"),
};
constexpr Flag kInspectFlags[] = {
    flag<&NetworkInspectFlags::format>("format", 'f', "FORMAT", "'json', or a template such as '{{.Id}}'"),
};
constexpr Flag kRemoveFlags[] = {
    flag<&NetworkRemoveFlags::force>("force", 'f', "", "no error when there is no such network"),
};
constexpr Flag kConnectFlags[] = {
    flag<&NetworkConnectFlags::alias>("alias", 0, "NAME", "one more name for the others on it"),
    flag<&NetworkConnectFlags::ip>("ip", 0, "ADDRESS", "its address there"),
    flag<&NetworkConnectFlags::ip6>("ip6", 0, "ADDRESS", "its address of IPv6 there"),
    flag<&NetworkConnectFlags::mac_address>("mac-address", 0, "ADDRESS", "its hardware address there"),
};
constexpr Flag kDisconnectFlags[] = {
    flag<&NetworkDisconnectFlags::force>("force", 'f', "", "accepted; it makes no difference"),
};
constexpr Flag kPruneFlags[] = {
    flag<&NetworkPruneFlags::force>("force", 'f', "", "do not ask"),
};

}  // namespace

const CommandFor<NetworkCreateFlags> kNetworkCreateCommand(Command{
    .name = "network create",
    .summary = "make a network for containers",
    .arguments = "NAME",
    .details = "Containers on one network reach each other, by name where aardvark-dns is installed. Prints the "
               "network's name.",
    .examples = "aictr network create backend\naictr network create --subnet 10.5.0.0/24 --ipv6 backend",
    .flags = kCreateFlags,
    .group = Group::containers,
    .min_arguments = 1,
    .max_arguments = 1,
});

const CommandFor<NetworkListFlags> kNetworkListCommand(Command{
    .name = "network ls",
    .summary = "list networks",
    .examples = "aictr network ls\naictr network ls --format '{{.Name}}'",
    .flags = kListFlags,
    .group = Group::containers,
    .max_arguments = 0,
});

const CommandFor<NetworkInspectFlags> kNetworkInspectCommand(Command{
    .name = "network inspect",
    .summary = "show all about networks, as JSON",
    .arguments = "NETWORK [NETWORK...]",
    .examples = "aictr network inspect bridge\naictr network inspect --format '{{json .Containers}}' backend",
    .flags = kInspectFlags,
    .group = Group::containers,
    .min_arguments = 1,
});

const CommandFor<NetworkRemoveFlags> kNetworkRemoveCommand(Command{
    .name = "network rm",
    .summary = "remove networks that no container is on",
    .arguments = "NETWORK [NETWORK...]",
    .examples = "aictr network rm backend",
    .flags = kRemoveFlags,
    .group = Group::containers,
    .min_arguments = 1,
});

const CommandFor<NetworkConnectFlags> kNetworkConnectCommand(Command{
    .name = "network connect",
    .summary = "put a container on one more network, at once when it runs",
    .arguments = "NETWORK CONTAINER",
    .examples = "aictr network connect --alias db backend postgres",
    .flags = kConnectFlags,
    .group = Group::containers,
    .min_arguments = 2,
    .max_arguments = 2,
});

const CommandFor<NetworkDisconnectFlags> kNetworkDisconnectCommand(Command{
    .name = "network disconnect",
    .summary = "take a container off a network",
    .arguments = "NETWORK CONTAINER",
    .details = "The ports that it publishes go with the network that it was on first.",
    .examples = "aictr network disconnect backend postgres",
    .flags = kDisconnectFlags,
    .group = Group::containers,
    .min_arguments = 2,
    .max_arguments = 2,
});

const CommandFor<NetworkPruneFlags> kNetworkPruneCommand(Command{
    .name = "network prune",
    .summary = "remove all networks that no container is on",
    .examples = "aictr network prune -f",
    .flags = kPruneFlags,
    .group = Group::containers,
    .max_arguments = 0,
});

const CommandFor<NoFlags> kPortCommand(Command{
    .name = "port",
    .summary = "tell where a container's ports are on the host",
    .arguments = "CONTAINER [PORT[/PROTOCOL]]",
    .examples = "aictr port web\naictr port web 80",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 2,
});

}  // namespace aictr::cli
