#include "hooks/network_namespace.h"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>

#include <cstring>
#include <optional>

#include <fmt/core.h>

#include "base/netlink.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr::hooks {
namespace {

constexpr const char* kOurs = "/proc/thread-self/ns/net";

// An attribute within another one.
std::string nested(std::uint16_t type, std::string_view value) {
  rtattr header{};
  header.rta_len = static_cast<unsigned short>(RTA_LENGTH(value.size()));
  header.rta_type = type;
  std::string bytes(RTA_SPACE(value.size()), '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + RTA_LENGTH(0), value.data(), value.size());
  return bytes;
}

std::optional<int> number(const NetlinkAttributes& attributes, std::uint16_t type) {
  auto found = attributes.find(type);
  int value = 0;
  if (found == attributes.end() || found->second.size() != sizeof value) return std::nullopt;
  std::memcpy(&value, found->second.data(), sizeof value);
  return value;
}

Result<void> add_veth(const std::string& name) {
  Netlink netlink = TRY(Netlink::open());
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  request.add_text(IFLA_IFNAME, name);
  request.add(IFLA_LINKINFO, nested(IFLA_INFO_KIND, std::string_view("veth", sizeof "veth")));
  return netlink.change(request);
}

}  // namespace

Result<UniqueFd> stand_in_namespace(const std::string& interface) {
  UniqueFd ours = TRY(sys::open(kOurs, O_RDONLY));
  TRY(sys::unshare(CLONE_NEWNET));
  auto made = [&]() -> Result<UniqueFd> {
    TRY(add_veth(interface));
    return sys::open(kOurs, O_RDONLY);
  }();
  TRY(sys::setns(ours.get(), CLONE_NEWNET));
  return made;
}

Result<int> host_end_of(pid_t pid, const std::string& interface) {
  UniqueFd ours = TRY(sys::open(kOurs, O_RDONLY));
  UniqueFd theirs = TRY(sys::open(fmt::format("/proc/{}/ns/net", pid), O_RDONLY));
  TRY(sys::setns(theirs.get(), CLONE_NEWNET));
  auto netlink = Netlink::open();
  TRY(sys::setns(ours.get(), CLONE_NEWNET));
  Netlink inside = TRY(std::move(netlink));
  NetlinkRequest request(RTM_GETLINK, 0, ifinfomsg{});
  request.add_text(IFLA_IFNAME, interface);
  for (const std::string& answer : TRY(inside.ask(request))) {
    if (answer.size() < sizeof(ifinfomsg)) continue;
    auto attributes = parse_netlink_attributes(std::string_view(answer).substr(sizeof(ifinfomsg)));
    if (auto index = number(attributes, IFLA_LINK)) return *index;
  }
  return make_error(Kind::not_found, fmt::format("interface '{}' has no other end", interface));
}

Result<std::vector<int>> ports_of_bridge(const std::string& bridge) {
  std::vector<int> ports;
  int index = static_cast<int>(::if_nametoindex(bridge.c_str()));
  if (index == 0) return ports;
  Netlink netlink = TRY(Netlink::open());
  NetlinkRequest request(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{});
  for (const std::string& answer : TRY(netlink.ask(request))) {
    ifinfomsg header{};
    if (answer.size() < sizeof header) continue;
    std::memcpy(&header, answer.data(), sizeof header);
    auto attributes = parse_netlink_attributes(std::string_view(answer).substr(sizeof header));
    if (number(attributes, IFLA_MASTER) == index) ports.push_back(header.ifi_index);
  }
  return ports;
}

Result<void> remove_interface(int index) {
  Netlink netlink = TRY(Netlink::open());
  ifinfomsg header{};
  header.ifi_index = index;
  auto removed = netlink.change(NetlinkRequest(RTM_DELLINK, 0, header));
  if (!removed.ok() && removed.error().code == ENODEV) return {};
  return removed;
}

}  // namespace aictr::hooks
