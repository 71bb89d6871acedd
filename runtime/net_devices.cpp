#include "runtime/net_devices.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

struct Link {
  int index = 0;
  bool up = false;
};

template <class Header>
Header header_of(const std::string& answer) {
  Header header{};
  std::memcpy(&header, answer.data(), std::min(answer.size(), sizeof header));
  return header;
}

Result<Link> find_link(const Netlink& netlink, const std::string& name) {
  NetlinkRequest request(RTM_GETLINK, 0, ifinfomsg{});
  request.add_text(IFLA_IFNAME, name);
  auto answers = netlink.ask(request);
  if (!answers.ok() && answers.error().code == ENODEV)
    return make_error(Kind::not_found, fmt::format("there is no interface '{}'", name));
  std::vector<std::string> links = TRY(std::move(answers));
  if (links.empty()) return make_error(Kind::internal, fmt::format("the kernel tells nothing of '{}'", name));
  auto header = header_of<ifinfomsg>(links[0]);
  return Link{header.ifi_index, (header.ifi_flags & IFF_UP) != 0};
}

Result<std::set<int>> all_links(const Netlink& netlink) {
  std::set<int> indexes;
  for (const std::string& answer : TRY(netlink.ask(NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}))))
    indexes.insert(header_of<ifinfomsg>(answer).ifi_index);
  return indexes;
}

bool outlasts_a_move(const std::string& answer, int index) {
  auto header = header_of<ifaddrmsg>(answer);
  return header.ifa_index == static_cast<unsigned>(index) && header.ifa_scope == RT_SCOPE_UNIVERSE &&
         (header.ifa_flags & IFA_F_PERMANENT) != 0;
}

Result<std::vector<std::string>> addresses_of(const Netlink& netlink, int index) {
  std::vector<std::string> all = TRY(netlink.ask(NetlinkRequest(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{})));
  std::erase_if(all, [&](const std::string& answer) { return !outlasts_a_move(answer, index); });
  return all;
}

Result<void> add_address(const Netlink& netlink, const std::string& address, int index) {
  auto header = header_of<ifaddrmsg>(address);
  header.ifa_index = static_cast<unsigned>(index);
  header.ifa_flags = IFA_F_PERMANENT;
  NetlinkRequest request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, header);
  NetlinkAttributes attributes = parse_netlink_attributes(std::string_view(address).substr(sizeof header));
  for (unsigned short type : {IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST}) {
    if (auto found = attributes.find(type); found != attributes.end()) request.add(type, found->second);
  }
  return netlink.change(request);
}

Result<void> set_up(const Netlink& netlink, int index, bool up) {
  ifinfomsg header{};
  header.ifi_index = index;
  header.ifi_change = IFF_UP;
  header.ifi_flags = up ? IFF_UP : 0;
  return netlink.change(NetlinkRequest(RTM_NEWLINK, 0, header));
}

struct Arrival {
  int index = 0;         // in the other namespace; 0: it has not left
  Result<void> outcome;  // it may have arrived without having got its name
};

// Down, to another namespace, under another name. The kernel keeps the number where it is free there, so the one that
// is new is it.
Result<Arrival> change_namespace(const Netlink& from, int index, const Netlink& to, int network,
                                 const std::string& name) {
  std::set<int> before = TRY(all_links(to));
  ifinfomsg header{};
  header.ifi_index = index;
  header.ifi_change = IFF_UP;
  NetlinkRequest request(RTM_NEWLINK, 0, header);
  request.add_u32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(network));
  request.add_text(IFLA_IFNAME, name);
  Arrival arrival{0, from.change(request)};
  for (int there : TRY(all_links(to))) {
    if (!before.contains(there)) arrival.index = there;
  }
  if (arrival.index == 0) TRY(std::move(arrival.outcome));
  return arrival;
}

Result<Netlink> open_in(int network, int back) {
  TRY(sys::setns(network, CLONE_NEWNET));
  auto netlink = Netlink::open();
  TRY(sys::setns(back, CLONE_NEWNET));
  return netlink;
}

bool is_interface_name(std::string_view name) {
  auto bad = [](unsigned char byte) { return byte == '/' || byte == ':' || std::isspace(byte) != 0; };
  return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." && std::ranges::none_of(name, bad);
}

}  // namespace

Result<void> check_net_devices(const std::map<std::string, oci::NetDevice>& devices) {
  std::set<std::string> names;
  for (const auto& [name, device] : devices) {
    std::string pointer = "/linux/netDevices/" + name;
    const std::string& inside = device.name.empty() ? name : device.name;
    for (const std::string& one : {name, inside}) {
      if (!is_interface_name(one))
        return make_error(Kind::usage, fmt::format("{}: '{}' is no name of an interface", pointer, one));
    }
    bool pattern = inside.find('%') != std::string::npos;  // the kernel counts
    if (!pattern && !names.insert(inside).second)
      return make_error(Kind::usage, fmt::format("{}: a second interface '{}'", pointer, inside));
  }
  return {};
}

Result<NetDevices> NetDevices::move(const std::map<std::string, oci::NetDevice>& devices, UniqueFd network) {
  UniqueFd host = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  Netlink outside = TRY(Netlink::open());
  Netlink inside = TRY(open_in(network.get(), host.get()));
  NetDevices moved(std::move(host), std::move(network), std::move(outside), std::move(inside));
  for (const auto& [name, device] : devices)
    TRY_AS("/linux/netDevices/" + name, moved.move_in(name, device.name.empty() ? name : device.name));
  return moved;
}

NetDevices::~NetDevices() {
  for (const Device& device : moved_) ignore(move_back(device));  // the error that led here is the one to report
}

Result<void> NetDevices::move_in(const std::string& name, const std::string& new_name) {
  Link link = TRY(find_link(outside_, name));
  Device device{name, link.index, link.up, TRY(addresses_of(outside_, link.index))};
  Arrival arrival = TRY(change_namespace(outside_, link.index, inside_, network_.get(), new_name));
  device.index = arrival.index;
  moved_.push_back(device);
  TRY_AS(fmt::format("name it '{}'", new_name), std::move(arrival.outcome));
  for (const std::string& address : device.addresses) TRY(add_address(inside_, address, device.index));
  return set_up(inside_, device.index, true);
}

Result<void> NetDevices::move_back(const Device& device) const {
  Arrival arrival = TRY(change_namespace(inside_, device.index, outside_, host_.get(), device.name));
  for (const std::string& address : device.addresses) TRY(add_address(outside_, address, arrival.index));
  return set_up(outside_, arrival.index, device.up);
}

Result<void> bring_up_loopback() {
  constexpr int kLoopback = 1;  // the first interface of every namespace
  Netlink netlink = TRY_AS("bring up the loopback", Netlink::open());
  return set_up(netlink, kLoopback, true);
}

}  // namespace aictr::runtime
