#include "hooks/network_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::hooks {
namespace {

// `prefix` bits of one, then zeros, byte by byte.
std::uint8_t mask_byte(unsigned prefix, std::size_t index) {
  unsigned before = static_cast<unsigned>(index) * 8;
  if (prefix >= before + 8) return 0xff;
  if (prefix <= before) return 0;
  return static_cast<std::uint8_t>(0xff << (8 - (prefix - before)));
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  std::string copy(text);
  if (::inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.v6 = true;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

bool IpAddress::is_any() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

IpAddress IpAddress::plus(std::uint64_t count) const {
  IpAddress result = *this;
  std::uint64_t carry = count;
  for (std::size_t i = bits() / 8; i-- > 0 && carry > 0;) {
    std::uint64_t sum = result.bytes[i] + (carry & 0xff);
    result.bytes[i] = static_cast<std::uint8_t>(sum);
    carry = (carry >> 8) + (sum >> 8);
  }
  return result;
}

std::optional<Subnet> Subnet::parse(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto base = IpAddress::parse(text.substr(0, slash));
  auto prefix = parse_number<unsigned>(text.substr(slash + 1));
  if (!base || !prefix || *prefix > base->bits()) return std::nullopt;
  for (std::size_t i = 0; i < base->bits() / 8; ++i) {
    base->bytes[i] = static_cast<std::uint8_t>(base->bytes[i] & mask_byte(*prefix, i));
  }
  return Subnet{*base, *prefix};
}

std::string Subnet::text() const {
  return fmt::format("{}/{}", base.text(), prefix);
}

bool Subnet::contains(const IpAddress& address) const {
  if (address.v6 != base.v6) return false;
  for (std::size_t i = 0; i < base.bits() / 8; ++i) {
    if ((address.bytes[i] & mask_byte(prefix, i)) != base.bytes[i]) return false;
  }
  return true;
}

bool Subnet::overlaps(const Subnet& other) const {
  return contains(other.base) || other.contains(base);
}

IpAddress Subnet::last() const {
  IpAddress result = base;
  for (std::size_t i = 0; i < base.bits() / 8; ++i) {
    result.bytes[i] = static_cast<std::uint8_t>(result.bytes[i] | static_cast<std::uint8_t>(~mask_byte(prefix, i)));
  }
  return result;
}

bool is_mac_address(std::string_view text) {
  auto parts = split(text, ':');
  if (parts.size() != 6) return false;
  for (const std::string& part : parts) {
    if (part.size() != 2 || !parse_number<unsigned>(part, 16)) return false;
  }
  return (*parse_number<unsigned>(parts[0], 16) & 1U) == 0;  // the lowest bit means a group of stations
}

std::string mac_of(const IpAddress& address) {
  std::size_t from = address.bits() / 8 - 4;
  const auto& b = address.bytes;
  return fmt::format("02:42:{:02x}:{:02x}:{:02x}:{:02x}", b[from], b[from + 1], b[from + 2], b[from + 3]);
}

}  // namespace aictr::hooks
