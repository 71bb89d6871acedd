#pragma once

// Addresses of IPv4 and IPv6 and the networks they are in, as values. No system calls.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aictr::hooks {

struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // in network order; IPv4 uses the first four

  static std::optional<IpAddress> parse(std::string_view text);  // without brackets, without a zone
  std::string text() const;
  unsigned bits() const { return v6 ? 128 : 32; }
  bool is_any() const;  // 0.0.0.0 or ::

  // The address `count` further on; addresses wrap around.
  IpAddress plus(std::uint64_t count) const;

  auto operator<=>(const IpAddress&) const = default;
};

struct Subnet {
  IpAddress base;  // all bits behind the prefix are zero
  unsigned prefix = 0;

  static std::optional<Subnet> parse(std::string_view text);  // "10.0.0.0/24"; bits behind the prefix are cleared
  std::string text() const;
  bool contains(const IpAddress& address) const;
  bool overlaps(const Subnet& other) const;
  IpAddress last() const;  // the broadcast address of IPv4

  auto operator<=>(const Subnet&) const = default;
};

// Six bytes in hexadecimal, and of one station: "02:42:ac:11:00:02".
bool is_mac_address(std::string_view text);

// A locally administered one that is unique where the address is, so that neighbours need not ask again.
std::string mac_of(const IpAddress& address);

}  // namespace aictr::hooks
