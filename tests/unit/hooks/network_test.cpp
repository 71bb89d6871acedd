#include "hooks/network.h"

#include <doctest/doctest.h>

#include "hooks/network_connection.h"
#include "hooks/network_subnets.h"

using namespace aictr;
using namespace aictr::hooks;

namespace {

Subnet net(const char* text) {
  return *Subnet::parse(text);
}

NetworkWish wish(std::vector<std::string> subnets = {}) {
  NetworkWish made;
  made.name = "net";
  made.subnets = std::move(subnets);
  return made;
}

Network network_of(std::vector<std::string> subnets = {"10.5.0.0/29"}) {
  return plan_network(wish(std::move(subnets)), {}).value();
}

Connection of(const char* id, const Network& network, std::vector<std::string> addresses = {}) {
  Connection connection;
  connection.container_id = id;
  connection.container_name = std::string("name-") + id;
  connection.interface = "eth0";
  connection.network = network;
  connection.addresses = std::move(addresses);
  return connection;
}

PortProbe all_free(std::uint16_t drawn = 40000) {
  return [drawn](const PortMapping& port) mutable -> Result<std::uint16_t> {
    return port.host_port != 0 ? port.host_port : drawn++;
  };
}

}  // namespace

TEST_CASE("a subnet is drawn that nobody uses") {
  CHECK(free_subnet({}).value().text() == "10.112.0.0/20");
  CHECK(free_subnet({net("10.112.0.0/16")}).value().text() == "10.113.0.0/20");
  CHECK(free_subnet({net("10.112.5.7/32")}).value().text() == "10.112.16.0/20");
  CHECK(free_subnet({net("10.0.0.0/8")}).value().text() == "172.16.0.0/20");
  CHECK(free_subnet({net("10.0.0.0/8"), net("172.16.0.0/12")}).value().text() == "192.168.0.0/20");
  CHECK(free_subnet({net("0.0.0.0/1"), net("128.0.0.0/1")}).error().kind == Kind::busy);
  CHECK(unique_local_subnet("0123456789").text() == "fd01:2345:6789::/64");
}

TEST_CASE("routes of the host are read as the kernel prints them") {
  auto routes = parse_routes(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t0000700A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0\nbroken line\n",
      "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 0 0 0 0 0 eth0\n"
      "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 0 0 0 0 0 eth0\n"
      "00000000000000000000000000000001 80 00000000000000000000000000000000 00 0 0 0 0 0 lo\n"
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 0 0 0 0 0 lo\n");
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].text() == "10.112.0.0/20");
  CHECK(routes[1].text() == "fd00::/64");
}

TEST_CASE("a network is planned from what was asked for") {
  Network plain = plan_network(wish(), {net("10.112.0.0/20")}).value();
  CHECK(plain.subnets[0].subnet == "10.112.16.0/20");
  CHECK(plain.subnets[0].gateway == "10.112.16.1");
  CHECK(!plain.ipv6_enabled);

  NetworkWish both = wish({"10.5.0.0/24", "fd00:5::/64"});
  both.gateways = {"10.5.0.254"};
  both.ranges = {"10.5.0.128/25"};
  both.options = {{"com.docker.network.driver.mtu", "1400"}};
  Network made = plan_network(both, {}).value();
  CHECK(made.ipv6_enabled);
  CHECK(made.subnets[0].gateway == "10.5.0.254");
  CHECK(made.subnets[0].lease_range->start_ip == "10.5.0.128");
  CHECK(made.subnets[0].lease_range->end_ip == "10.5.0.255");
  CHECK(made.subnets[1].gateway == "fd00:5::1");
  CHECK(made.options.at("mtu") == "1400");

  NetworkWish six = wish();
  six.ipv6 = true;
  Network drawn = plan_network(six, {}).value();
  REQUIRE(drawn.subnets.size() == 2);
  CHECK(drawn.subnets[1].subnet.starts_with("fd"));
}

TEST_CASE("a network that makes no sense is refused") {
  auto refused = [](NetworkWish w, std::vector<Subnet> taken = {}) { return plan_network(w, taken).error().kind; };
  CHECK(refused(wish({"10.5.0.0/24"}), {net("10.5.0.128/25")}) == Kind::exists);
  CHECK(refused(wish({"10.5.0.0/24", "10.5.0.0/16"})) == Kind::exists);
  for (const char* subnet : {"", "10.5.0.0", "10.5.0.0/31", "0.0.0.0/0", "fd00::/127", "x"}) {
    CAPTURE(subnet);
    CHECK(refused(wish({subnet})) == Kind::usage);
  }
  NetworkWish other = wish({"10.5.0.0/24"});
  other.gateways = {"10.6.0.1"};
  CHECK(refused(other) == Kind::usage);
  other = wish({"10.5.0.0/24"});
  other.ranges = {"10.5.0.0/16"};
  CHECK(refused(other) == Kind::usage);
  other = wish();
  other.options = {{"speed", "1"}};
  CHECK(refused(other) == Kind::usage);
  for (const char* name : {"", "-x", "a/b", "..", "a b"}) {
    other = wish();
    other.name = name;
    CAPTURE(name);
    CHECK(refused(other) == Kind::usage);
  }
}

TEST_CASE("a network's file says what it was, and what netavark must be told") {
  Network network = network_of({"10.5.0.0/24", "fd00:5::/64"});
  network.id = std::string(64, 'a');
  network.labels = {{"team", "x"}};
  std::string text = network_file(network);
  CHECK(text.find("\"internal\": false") != std::string::npos);
  Network again = parse_network_file(text, "x").value();
  CHECK(network_file(again) == text);
  CHECK(parse_network_file("{}", "x").error().kind == Kind::corrupt);
  CHECK(parse_network_file("", "x").error().kind == Kind::corrupt);
}

TEST_CASE("a container gets the first address that nobody has") {
  Network network = network_of();  // .1 is the gateway, .7 the broadcast address
  std::vector<Connection> others{of("a", network, {"10.5.0.2"}), of("b", network, {"10.5.0.4"})};
  Connection connection = of("c", network);
  REQUIRE(choose_addresses(connection, {}, others).ok());
  CHECK(connection.addresses == std::vector<std::string>{"10.5.0.3"});
  CHECK(connection.mac == "02:42:0a:05:00:03");
  for (const char* ip : {"10.5.0.3", "10.5.0.5", "10.5.0.6"}) others.push_back(of("x", network, {ip}));
  Connection late = of("d", network);
  CHECK(choose_addresses(late, {}, others).error().kind == Kind::busy);
  Connection elsewhere = of("e", network_of({"10.6.0.0/29"}));
  elsewhere.network.name = "elsewhere";
  CHECK(choose_addresses(elsewhere, {}, others).ok());
}

TEST_CASE("an address that is asked for is had, or told why not") {
  Network network = network_of({"10.5.0.0/24", "fd00:5::/64"});
  std::vector<Connection> others{of("a", network, {"10.5.0.2", "fd00:5::2"})};
  auto ask = [&](const char* ip, const char* ip6) {
    Connection connection = of("c", network);
    NetworkAttachment wanted;
    wanted.ip = ip;
    wanted.ip6 = ip6;
    auto chosen = choose_addresses(connection, wanted, others);
    return chosen.ok() ? connection.addresses[0] + " " + connection.addresses[1] : chosen.error().message;
  };
  CHECK(ask("10.5.0.200", "fd00:5::77") == "10.5.0.200 fd00:5::77");
  CHECK(ask("", "") == "10.5.0.3 fd00:5::3");
  CHECK(ask("10.5.0.2", "") == "address 10.5.0.2 is taken by container 'name-a'");
  for (const char* ip : {"10.6.0.1", "10.5.0.1", "10.5.0.0", "10.5.0.255"}) {
    CHECK(ask(ip, "").find("is no address for a container on network 'net'") != std::string::npos);
  }
  network = network_of();
  CHECK(ask("", "fd00::9").find("is no address for a container") != std::string::npos);
}

TEST_CASE("ports of the host are drawn, and taken ones told") {
  Network network = network_of();
  Connection other = of("a", network);
  other.ports = parse_publish("8080:80").value();
  auto choose = [&](const char* text, const PortProbe& probe) {
    auto ports = choose_ports(parse_publish(text).value(), {other}, probe);
    return ports.ok() ? ports_text(ports.value(), {}, false) : ports.error().message;
  };
  CHECK(choose("9000:90", all_free()) == "0.0.0.0:9000->90/tcp");
  CHECK(choose("90", all_free()) == "0.0.0.0:40000->90/tcp");
  CHECK(choose("90", all_free(8080)) == "0.0.0.0:8081->90/tcp");  // the kernel calls another container's port free
  CHECK(choose("8080:90", all_free()) == "port 8080/tcp is taken by container 'name-a'");
  CHECK(choose("8079-8082:90", [](const PortMapping& port) -> Result<std::uint16_t> {
          if (port.host_port == 8079) return make_error(Kind::busy, "taken");
          return port.host_port;
        }) == "0.0.0.0:8081->90/tcp");
  CHECK(choose("90", [](const PortMapping&) -> Result<std::uint16_t> { return make_error(Kind::busy, "none"); }) ==
        "none");
}

TEST_CASE("a connection's file is netavark's request and tells us everything again") {
  Connection connection = of("abc", network_of(), {"10.5.0.2"});
  connection.mac = "02:42:0a:05:00:02";
  connection.aliases = {"web"};
  connection.ports = parse_publish("127.0.0.1:8000-8002:80-82").value();
  connection.host_index = 7;
  std::string text = connection_file(connection);
  CHECK(text.find("\"range\": 3") != std::string::npos);
  CHECK(text.find("\"static_ips\": [") != std::string::npos);
  Connection again = parse_connection(text, "x").value();
  CHECK(again.ports == connection.ports);
  CHECK(again.host_index == 7);
  CHECK(again.addresses == connection.addresses);
  CHECK(connection_file(again) == text);
  CHECK(parse_connection("{}", "x").error().kind == Kind::corrupt);
}
