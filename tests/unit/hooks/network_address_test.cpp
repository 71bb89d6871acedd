#include "hooks/network_address.h"

#include <doctest/doctest.h>

using namespace aictr::hooks;

TEST_CASE("addresses are read and written, and what is none is refused") {
  CHECK(IpAddress::parse("10.1.2.3")->text() == "10.1.2.3");
  CHECK(IpAddress::parse("fd00:0:0::1")->text() == "fd00::1");
  for (const char* text : {"", "10.1.2", "10.1.2.256", "10.01.2.3/24", "[::1]", "fe80::1%eth0", "localhost"}) {
    CAPTURE(text);
    CHECK(!IpAddress::parse(text));
  }
}

TEST_CASE("counting on carries into the bytes before, within the family") {
  CHECK(IpAddress::parse("10.0.0.255")->plus(1).text() == "10.0.1.0");
  CHECK(IpAddress::parse("10.0.0.1")->plus(65536).text() == "10.1.0.1");
  CHECK(IpAddress::parse("255.255.255.255")->plus(1).text() == "0.0.0.0");
  CHECK(IpAddress::parse("fd00::ffff:ffff")->plus(1).text() == "fd00::1:0:0");
}

TEST_CASE("a subnet knows what is in it and what it overlaps") {
  auto subnet = *Subnet::parse("10.88.3.4/20");
  CHECK(subnet.text() == "10.88.0.0/20");
  CHECK(subnet.last().text() == "10.88.15.255");
  CHECK(subnet.contains(*IpAddress::parse("10.88.15.1")));
  CHECK(!subnet.contains(*IpAddress::parse("10.88.16.1")));
  CHECK(!subnet.contains(*IpAddress::parse("::1")));
  CHECK(subnet.overlaps(*Subnet::parse("10.0.0.0/8")));
  CHECK(subnet.overlaps(*Subnet::parse("10.88.1.0/24")));
  CHECK(!subnet.overlaps(*Subnet::parse("10.89.0.0/16")));
  CHECK(Subnet::parse("fd00::1/64")->last().text() == "fd00::ffff:ffff:ffff:ffff");
  CHECK(Subnet::parse("0.0.0.0/0")->contains(*IpAddress::parse("1.2.3.4")));
  for (const char* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "x/8"}) {
    CAPTURE(text);
    CHECK(!Subnet::parse(text));
  }
}

TEST_CASE("hardware addresses are of one station") {
  CHECK(is_mac_address("02:42:ac:11:00:02"));
  for (const char* text :
       {"", "02:42:ac:11:00", "03:42:ac:11:00:02", "02:42:ac:11:00:0g", "02-42-ac-11-00-02", "2:42:ac:11:00:2"}) {
    CAPTURE(text);
    CHECK(!is_mac_address(text));
  }
  CHECK(mac_of(*IpAddress::parse("172.17.0.2")) == "02:42:ac:11:00:02");
  CHECK(mac_of(*IpAddress::parse("fd00::1:2")) == "02:42:00:01:00:02");
}
