#include "hooks/network_subnets.h"

#include <fcntl.h>

#include <algorithm>
#include <bit>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr unsigned kPrefix = 20;
constexpr const char* kPools[] = {"10.112.0.0/12", "172.16.0.0/12", "192.168.0.0/16"};

// "0010700A": an address of IPv4 as the kernel holds it, printed as a number of this machine.
std::optional<IpAddress> kernel_address(std::string_view hex) {
  auto number = parse_number<std::uint32_t>(hex, 16);
  if (!number || hex.size() != 8) return std::nullopt;
  IpAddress address;
  for (unsigned i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(*number >> (8 * i));
  if constexpr (std::endian::native == std::endian::big) std::reverse(address.bytes.begin(), address.bytes.begin() + 4);
  return address;
}

std::optional<IpAddress> hex_address(std::string_view hex) {
  IpAddress address;
  address.v6 = true;
  if (hex.size() != 32) return std::nullopt;
  for (std::size_t i = 0; i < 16; ++i) {
    auto byte = parse_number<unsigned>(hex.substr(2 * i, 2), 16);
    if (!byte) return std::nullopt;
    address.bytes[i] = static_cast<std::uint8_t>(*byte);
  }
  return address;
}

void add_v4(std::vector<Subnet>& routes, const std::vector<std::string>& columns) {
  if (columns.size() < 8) return;
  auto base = kernel_address(columns[1]);
  auto mask = kernel_address(columns[7]);
  if (!base || !mask) return;
  unsigned prefix = 0;
  for (std::uint8_t byte : mask->bytes) prefix += static_cast<unsigned>(std::popcount(byte));
  if (prefix > 0) routes.push_back({*base, prefix});
}

// Routes of one address and those of the link are no networks that a container could want.
void add_v6(std::vector<Subnet>& routes, const std::vector<std::string>& columns) {
  if (columns.size() < 10) return;
  auto base = hex_address(columns[0]);
  auto prefix = parse_number<unsigned>(columns[1], 16);
  if (!base || !prefix || *prefix == 0 || *prefix == 128 || base->bytes[0] >= 0xfe) return;
  routes.push_back({*base, *prefix});
}

}  // namespace

Result<Subnet> free_subnet(const std::vector<Subnet>& taken) {
  for (const char* pool_text : kPools) {
    Subnet pool = *Subnet::parse(pool_text);
    for (Subnet next{pool.base, kPrefix}; pool.contains(next.base); next.base = next.last().plus(1)) {
      bool is_free =
          std::none_of(taken.begin(), taken.end(), [&](const Subnet& other) { return next.overlaps(other); });
      if (is_free) return next;
    }
  }
  return make_error(Kind::busy, "no private subnet is free", "give one with --subnet");
}

Subnet unique_local_subnet(std::string_view digits) {
  std::string text = fmt::format("fd{}:{}:{}::/64", digits.substr(0, 2), digits.substr(2, 4), digits.substr(6, 4));
  return *Subnet::parse(text);
}

std::vector<Subnet> parse_routes(std::string_view v4, std::string_view v6) {
  std::vector<Subnet> routes;
  for (const std::string& line : split(v4, '\n')) add_v4(routes, words(line));
  for (const std::string& line : split(v6, '\n')) add_v6(routes, words(line));
  return routes;
}

std::vector<Subnet> host_routes() {
  // A kernel without one of the families has no file of it.
  std::string v4 = read_file(AT_FDCWD, "/proc/net/route").value_or("");
  return parse_routes(v4, read_file(AT_FDCWD, "/proc/net/ipv6_route").value_or(""));
}

}  // namespace aictr::hooks
