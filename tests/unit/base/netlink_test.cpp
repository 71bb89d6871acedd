#include "base/netlink.h"

#include <linux/rtnetlink.h>

#include <cstring>

#include <doctest/doctest.h>

using namespace aictr;

TEST_CASE("attributes of a request can be read again") {
  NetlinkRequest request(RTM_GETLINK, 0, ifinfomsg{});
  request.add_text(IFLA_IFNAME, "lo");
  request.add_u32(IFLA_MTU, 7);
  std::string bytes = request.bytes(3);
  nlmsghdr header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  CHECK(header.nlmsg_len == bytes.size());
  CHECK(header.nlmsg_seq == 3);
  auto attributes = parse_netlink_attributes(std::string_view(bytes).substr(sizeof header + sizeof(ifinfomsg)));
  CHECK(attributes.size() == 2);
  CHECK(attributes[IFLA_IFNAME] == std::string("lo\0", 3));
  CHECK(attributes[IFLA_MTU].size() == 4);
}

TEST_CASE("attributes that are cut off are left out") {
  CHECK(parse_netlink_attributes("").empty());
  CHECK(parse_netlink_attributes(std::string_view("\x9\0\1\0abc", 7)).empty());
  CHECK(parse_netlink_attributes(std::string_view("\0\0\1\0", 4)).empty());
  CHECK(parse_netlink_attributes(std::string_view("\5\0\1\0a\0\0\0\x40\0\2\0", 12)).size() == 1);
}

TEST_CASE("the kernel answers, and its errors are ours") {
  auto netlink = Netlink::open();
  REQUIRE(netlink.ok());
  auto links = netlink.value().ask(NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}));
  REQUIRE(links.ok());
  CHECK_FALSE(links.value().empty());
  NetlinkRequest missing(RTM_GETLINK, 0, ifinfomsg{});
  missing.add_text(IFLA_IFNAME, "no-such-link");
  auto none = netlink.value().ask(missing);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ENODEV);
  CHECK(netlink.value().ask(NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{})).ok());
}
