#include "cli/run_network.h"

#include <doctest/doctest.h>

#include "cli/network_files.h"

using namespace aictr;
using namespace aictr::cli;
using hooks::NetworkMode;

namespace {

RunFlags on(std::vector<std::string> networks) {
  RunFlags flags;
  flags.network = std::move(networks);
  return flags;
}

hooks::ContainerNetwork made(const RunFlags& flags, const oci::ContainerConfig& image = {}) {
  return run_network(flags, image, "bridge").value();
}

hooks::Connection lab(bool dns) {
  hooks::Connection connection;
  connection.container_name = "web";
  connection.network.name = "lab";
  connection.network.dns_enabled = dns;
  connection.network.subnets = {{"10.5.0.0/24", "10.5.0.1", std::nullopt}};
  connection.addresses = {"10.5.0.2", "fd00::2"};
  return connection;
}

}  // namespace

TEST_CASE("--network names a mode or networks") {
  CHECK(made({}).networks[0].network == "bridge");
  CHECK(made(on({"default"})).networks[0].network == "bridge");
  CHECK(made(on({"host"})).mode == NetworkMode::host);
  CHECK(made(on({"none"})).mode == NetworkMode::none);
  CHECK(made(on({"container:web"})).container == "web");
  auto two = made(on({"a:ip=10.0.0.5,alias=x,alias=y", "name=b,ip6=fd00::5,mac=02:00:00:00:00:01"}));
  REQUIRE(two.networks.size() == 2);
  CHECK(two.networks[0].ip == "10.0.0.5");
  CHECK(two.networks[0].aliases == std::vector<std::string>{"x", "y"});
  CHECK(two.networks[1].network == "b");
  CHECK(two.networks[1].ip6 == "fd00::5");
  CHECK(two.networks[1].mac == "02:00:00:00:00:01");
}

TEST_CASE("flags about a network that have no meaning are refused") {
  for (const std::vector<std::string>& networks : std::vector<std::vector<std::string>>{{"host", "a"},
                                                                                        {"a", "none"},
                                                                                        {"container:x", "a"},
                                                                                        {"container:"},
                                                                                        {":ip=1.2.3.4"},
                                                                                        {"a:speed=1"},
                                                                                        {"a:ip=x"},
                                                                                        {"a:alias"},
                                                                                        {"a:mac=1"}}) {
    CAPTURE(networks.front());
    auto network = run_network(on(networks), {}, "bridge");
    REQUIRE(!network.ok());
    CHECK(network.error().kind == Kind::usage);
  }
  RunFlags flags = on({"host"});
  flags.ip = "10.0.0.1";
  CHECK(!run_network(flags, {}, "bridge").ok());
  flags = on({"container:web"});
  flags.publish = {"80:80"};
  CHECK(!run_network(flags, {}, "bridge").ok());
  flags = on({"a"});
  flags.dns = {"dns.example"};
  CHECK(!run_network(flags, {}, "bridge").ok());
  flags = on({"a"});
  flags.ip = "fd00::1";
  CHECK(!run_network(flags, {}, "bridge").ok());
}

TEST_CASE("-P publishes what is exposed and not yet published") {
  oci::ContainerConfig image;
  image.exposed_ports = {"53/udp", "80/tcp"};
  RunFlags flags;
  flags.expose = {"9000-9001"};
  flags.publish = {"8080:80"};
  CHECK(made(flags, image).ports.size() == 1);
  flags.publish_all = true;
  auto network = made(flags, image);
  CHECK(network.exposed == std::vector<std::string>{"53/udp", "80/tcp", "9000/tcp", "9001/tcp"});
  REQUIRE(network.ports.size() == 4);
  CHECK(network.ports[0].host_port == 8080);
  CHECK(network.ports[1].protocol == "udp");
  CHECK(network.ports[1].host_port == 0);
}

TEST_CASE("/etc/hosts has the container's addresses and what is added") {
  hooks::ContainerNetwork network = made(on({"lab"}));
  network.hostname = "h";
  network.hosts = {"gw:host-gateway", "six=[fd00::9]"};
  std::string text = hosts_text(network, {lab(true)}, "192.0.2.1 host-only\n").value();
  CHECK(text.find("10.5.0.2\th web\nfd00::2\th web\n10.5.0.1\tgw\nfd00::9\tsix\n") != std::string::npos);
  CHECK(text.find("host-only") == std::string::npos);
  network.mode = NetworkMode::host;
  text = hosts_text(network, {}, "192.0.2.1 host-only").value();
  CHECK(text == "192.0.2.1 host-only\n127.0.1.1\th\n127.0.0.1\tgw\nfd00::9\tsix\n");
  for (const char* wrong : {"x", "x:", ":1.2.3.4", "x:y", "a b:1.2.3.4"}) {
    CAPTURE(wrong);
    CHECK(hosts_lines({wrong}, "").error().kind == Kind::usage);
  }
}

TEST_CASE("/etc/resolv.conf has servers that the container can reach") {
  const std::string host =
      "# made by x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch corp lan\noptions edns0\n";
  hooks::ContainerNetwork network = made(on({"lab"}));
  CHECK(resolv_conf_text(network, {lab(false)}, host) == "search corp lan\nnameserver 192.0.2.53\noptions edns0\n");
  CHECK(resolv_conf_text(network, {lab(true)}, host) ==
        "search dns.podman corp lan\nnameserver 10.5.0.1\noptions edns0\n");
  network.dns = {"192.0.2.9"};
  network.dns_search = {"."};
  network.dns_options = {"ndots:2"};
  CHECK(resolv_conf_text(network, {lab(false)}, host) == "nameserver 192.0.2.9\noptions ndots:2\n");
  CHECK(resolv_conf_text(network, {lab(true)}, host) == "nameserver 10.5.0.1\noptions ndots:2\n");
  network = made(on({"host"}));
  CHECK(resolv_conf_text(network, {}, host) == host);
  network = made(on({"none"}));
  CHECK(resolv_conf_text(network, {}, host).empty());
  network.dns = {"192.0.2.9"};
  CHECK(resolv_conf_text(network, {}, host) == "nameserver 192.0.2.9\n");
}
