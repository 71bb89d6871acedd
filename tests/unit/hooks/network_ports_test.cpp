#include "hooks/network_ports.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::hooks;

namespace {

// As "ip:host-last:container/protocol", one after the other.
std::string told(std::string_view text) {
  auto ports = parse_publish(text);
  if (!ports.ok()) return "error: " + ports.error().message;
  std::string all;
  for (const PortMapping& port : ports.value()) {
    all += (all.empty() ? "" : " ") + port.host_ip + "|" + std::to_string(port.host_port);
    if (port.host_port_last != 0) all += "-" + std::to_string(port.host_port_last);
    all += "|" + std::to_string(port.container_port) + "/" + port.protocol;
  }
  return all;
}

}  // namespace

TEST_CASE("-p takes ports, addresses, ranges and protocols") {
  CHECK(told("80") == "|0|80/tcp");
  CHECK(told("8080:80") == "|8080|80/tcp");
  CHECK(told("0:80") == "|0|80/tcp");
  CHECK(told("53:53/udp") == "|53|53/udp");
  CHECK(told("53:53/UDP") == "|53|53/udp");
  CHECK(told("7:7/sctp") == "|7|7/sctp");
  CHECK(told("127.0.0.1:8080:80") == "127.0.0.1|8080|80/tcp");
  CHECK(told("127.0.0.1::80") == "127.0.0.1|0|80/tcp");
  CHECK(told("[::1]:8080:80") == "::1|8080|80/tcp");
  CHECK(told("[fd00::2]::80/udp") == "fd00::2|0|80/udp");
  CHECK(told("::1:8080:80") == "::1|8080|80/tcp");
  CHECK(told("8000-8002:80-82") == "|8000|80/tcp |8001|81/tcp |8002|82/tcp");
  CHECK(told("80-81") == "|0|80/tcp |0|81/tcp");
  CHECK(told("8000-8002:80") == "|8000-8002|80/tcp");
}

TEST_CASE("-p refuses what has no meaning, in one line") {
  for (const char* text :
       {"", ":", "8080:", "x", "0", "80:0", "65536:80", "80:65536", "-1:80", "80/icmp", "80/", "82-80:80-82",
        "8000-8001:80-82", "1.2.3:80:80", "1.2.3.4.5:80:80", "host:80:80", "80:80:80:80", "8o:80", "80 :80"}) {
    CAPTURE(text);
    auto ports = parse_publish(text);
    REQUIRE(!ports.ok());
    CHECK(ports.error().kind == Kind::usage);
    CHECK(ports.error().message.find("--publish") != std::string::npos);
  }
}

TEST_CASE("--expose takes ports and ranges") {
  CHECK(parse_expose("80").value() == std::vector<std::string>{"80/tcp"});
  CHECK(parse_expose("80-81/udp").value() == std::vector<std::string>{"80/udp", "81/udp"});
  for (const char* text : {"", "0", "80:80", "81-80", "80/x"}) CHECK(!parse_expose(text).ok());
}

TEST_CASE("two mappings collide when one socket cannot serve both") {
  auto one = [](const char* text) { return parse_publish(text).value()[0]; };
  CHECK(collide(one("80:80"), one("80:81")));
  CHECK(collide(one("80:80"), one("127.0.0.1:80:80")));
  CHECK(collide(one("0.0.0.0:80:80"), one("127.0.0.1:80:80")));
  CHECK(!collide(one("0.0.0.0:80:80"), one("[::]:80:80")));
  CHECK(!collide(one("127.0.0.1:80:80"), one("127.0.0.2:80:80")));
  CHECK(!collide(one("80:80"), one("80:80/udp")));
  CHECK(!collide(one("80:80"), one("81:80")));
}

TEST_CASE("ports are told as Docker tells them") {
  auto ports = parse_publish("8000-8002:80-82").value();
  ports.push_back(parse_publish("127.0.0.1:53:53/udp").value()[0]);
  ports.push_back(parse_publish("[::1]:9:9").value()[0]);
  CHECK(ports_text(ports, {"80/tcp", "9000/tcp"}, false) ==
        "0.0.0.0:8000-8002->80-82/tcp, [::1]:9->9/tcp, 127.0.0.1:53->53/udp, 9000/tcp");
  CHECK(ports_text(parse_publish("80:80").value(), {}, true) == "0.0.0.0:80->80/tcp, [::]:80->80/tcp");
  CHECK(ports_text({}, {}, true).empty());
}
