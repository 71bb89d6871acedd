#include "base/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/sys.h"

namespace aictr {
namespace {

std::size_t padded(std::size_t length) {
  return NLMSG_ALIGN(length);
}

void append(std::string& bytes, const void* data, std::size_t size) {
  bytes.append(static_cast<const char*>(data), size);
  bytes.resize(padded(bytes.size()));
}

enum class More { no, yes };

// Takes one message of ours off the front of `bytes`.
Result<More> take_message(std::string_view& bytes, std::uint32_t sequence, std::vector<std::string>& answers) {
  nlmsghdr header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > bytes.size())
    return make_error(Kind::corrupt, "a netlink message is cut off");
  std::string_view body = bytes.substr(sizeof header, header.nlmsg_len - sizeof header);
  bytes.remove_prefix(std::min(padded(header.nlmsg_len), bytes.size()));
  if (header.nlmsg_seq != sequence) return More::yes;  // of an earlier request that failed
  if (header.nlmsg_type == NLMSG_DONE) return More::no;
  if (header.nlmsg_type == NLMSG_ERROR) {
    int code = 0;
    if (body.size() >= sizeof code) std::memcpy(&code, body.data(), sizeof code);
    if (code != 0) return sys_error("netlink", -code);
    return More::no;
  }
  answers.emplace_back(body);
  return More::yes;
}

}  // namespace

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags, std::string_view header)
    : type_(type), flags_(flags) {
  append(body_, header.data(), header.size());
}

void NetlinkRequest::add(std::uint16_t attribute, std::string_view value) {
  nlattr header{static_cast<std::uint16_t>(NLA_HDRLEN + value.size()), attribute};
  append(body_, &header, sizeof header);
  append(body_, value.data(), value.size());
}

void NetlinkRequest::add_text(std::uint16_t attribute, const std::string& text) {
  add(attribute, std::string_view(text.c_str(), text.size() + 1));
}

void NetlinkRequest::add_u32(std::uint16_t attribute, std::uint32_t value) {
  add(attribute, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

std::string NetlinkRequest::bytes(std::uint32_t sequence) const {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body_.size());
  header.nlmsg_type = type_;
  header.nlmsg_flags = static_cast<std::uint16_t>(flags_ | NLM_F_REQUEST | NLM_F_ACK);
  header.nlmsg_seq = sequence;
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + body_;
}

NetlinkAttributes parse_netlink_attributes(std::string_view bytes) {
  NetlinkAttributes attributes;
  while (bytes.size() >= sizeof(nlattr)) {
    nlattr header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > bytes.size()) break;
    attributes[header.nla_type & NLA_TYPE_MASK] = bytes.substr(sizeof header, header.nla_len - sizeof header);
    bytes.remove_prefix(std::min(padded(header.nla_len), bytes.size()));
  }
  return attributes;
}

Result<Netlink> Netlink::open() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return sys_error("make a netlink socket");
  return Netlink(std::move(socket));
}

Result<void> Netlink::change(const NetlinkRequest& request) const {
  TRY(ask(request));
  return {};
}

Result<std::vector<std::string>> Netlink::ask(const NetlinkRequest& request) const {
  ++sequence_;
  TRY(sys::write_all(socket_.get(), request.bytes(sequence_)));
  std::vector<std::string> answers;
  std::array<char, 65536> buffer;
  for (;;) {
    std::size_t count = TRY(sys::read(socket_.get(), buffer));
    std::string_view bytes(buffer.data(), count);
    while (bytes.size() >= sizeof(nlmsghdr)) {
      if (TRY(take_message(bytes, sequence_, answers)) == More::no) return answers;
    }
  }
}

}  // namespace aictr
