#pragma once

// Messages to the kernel about network interfaces (netlink(7), rtnetlink(7)).

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr {

// One request: a header of the type's own (struct ifinfomsg, …) and attributes.
class NetlinkRequest {
 public:
  template <class Header>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Header& header)
      : NetlinkRequest(type, flags, std::string_view(reinterpret_cast<const char*>(&header), sizeof header)) {}
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, std::string_view header);

  void add(std::uint16_t attribute, std::string_view value);
  void add_text(std::uint16_t attribute, const std::string& text);  // with the zero byte at its end
  void add_u32(std::uint16_t attribute, std::uint32_t value);

  // The whole message; `sequence` tells the answers apart.
  std::string bytes(std::uint32_t sequence) const;

 private:
  std::uint16_t type_;
  std::uint16_t flags_;
  std::string body_;
};

// What follows the header of an answer. Attributes that are cut off are left out.
using NetlinkAttributes = std::map<std::uint16_t, std::string>;
NetlinkAttributes parse_netlink_attributes(std::string_view bytes);

class Netlink {
 public:
  // Speaks about the network namespace that the thread is in now, wherever it goes later.
  static Result<Netlink> open();

  // Waits until it is done; the error is the kernel's.
  Result<void> change(const NetlinkRequest& request) const;
  // The answers, each from its type's own header on. A request with NLM_F_DUMP gets many.
  Result<std::vector<std::string>> ask(const NetlinkRequest& request) const;

 private:
  explicit Netlink(UniqueFd socket) : socket_(std::move(socket)) {}
  UniqueFd socket_;
  mutable std::uint32_t sequence_ = 0;
};

}  // namespace aictr
