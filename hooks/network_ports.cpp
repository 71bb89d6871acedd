#include "hooks/network_ports.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/core.h>

#include "base/text.h"
#include "hooks/network_address.h"

namespace aictr::hooks {
namespace {

struct Range {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  std::size_t count() const { return static_cast<std::size_t>(last) - first + 1; }
};

std::optional<Range> parse_range(std::string_view text) {
  std::size_t dash = text.find('-');
  auto first = parse_number<std::uint16_t>(text.substr(0, dash));
  auto last = dash == std::string_view::npos ? first : parse_number<std::uint16_t>(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

Error wrong(std::string_view text, std::string_view why) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --publish: {}", text, why),
                    "write [IP:][HOST:]CONTAINER[/PROTOCOL], such as 8080:80 or 127.0.0.1:53:53/udp");
}

// Takes "/PROTOCOL" off the end.
std::optional<std::string> take_protocol(std::string_view& text) {
  std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return "tcp";
  std::string protocol = lower(text.substr(slash + 1));
  text = text.substr(0, slash);
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") return std::nullopt;
  return protocol;
}

// "IP:" in front; an address of IPv6 may stand without its brackets, for the last two colons are those of the ports.
struct Words {
  std::string ip;
  std::string host;
  std::string container;
};
Words take_apart(std::string_view text) {
  Words words;
  std::size_t last = text.rfind(':');
  if (last == std::string_view::npos) {
    words.container = text;
    return words;
  }
  words.container = text.substr(last + 1);
  std::string_view rest = text.substr(0, last);
  std::size_t before = rest.rfind(':');
  words.host = before == std::string_view::npos ? rest : rest.substr(before + 1);
  if (before == std::string_view::npos) return words;
  words.ip = rest.substr(0, before);
  if (words.ip.starts_with('[') && words.ip.ends_with(']')) words.ip = words.ip.substr(1, words.ip.size() - 2);
  return words;
}

auto order(const PortMapping& m) {
  return std::tie(m.protocol, m.host_ip, m.container_port, m.host_port);
}

std::string span_text(unsigned first, unsigned count) {
  return count == 1 ? std::to_string(first) : fmt::format("{}-{}", first, first + count - 1);
}

}  // namespace

Result<std::vector<PortMapping>> parse_publish(std::string_view text) {
  std::string_view rest = text;
  auto protocol = take_protocol(rest);
  if (!protocol) return wrong(text, "the protocol is tcp, udp or sctp");
  Words words = take_apart(rest);
  auto address = IpAddress::parse(words.ip);
  if (!words.ip.empty() && !address) return wrong(text, fmt::format("'{}' is no address", words.ip));
  if (words.container.empty()) return wrong(text, "it names no port of the container");
  auto inside = parse_range(words.container);
  if (!inside || inside->first == 0) return wrong(text, fmt::format("'{}' is no port", words.container));
  Range outside;
  if (!words.host.empty()) {
    auto range = parse_range(words.host);
    if (!range) return wrong(text, fmt::format("'{}' is no port", words.host));
    outside = *range;
  }
  bool given = outside.first != 0;
  if (given && outside.count() != inside->count() && inside->count() != 1) {
    return wrong(text, "the two ranges differ in their length");
  }
  std::vector<PortMapping> ports;
  for (std::size_t i = 0; i < inside->count(); ++i) {
    PortMapping port;
    port.host_ip = address ? address->text() : "";
    port.container_port = static_cast<std::uint16_t>(inside->first + i);
    if (given) port.host_port = static_cast<std::uint16_t>(outside.first + i);
    if (given && outside.count() != inside->count()) port.host_port_last = outside.last;
    port.protocol = *protocol;
    ports.push_back(std::move(port));
  }
  return ports;
}

Result<std::vector<std::string>> parse_expose(std::string_view text) {
  std::string_view rest = text;
  auto protocol = take_protocol(rest);
  auto range = parse_range(rest);
  if (!protocol || !range || range->first == 0) {
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --expose", text),
                      "write PORT[-PORT][/PROTOCOL], such as 8080 or 53/udp");
  }
  std::vector<std::string> ports;
  for (std::size_t i = 0; i < range->count(); ++i) ports.push_back(fmt::format("{}/{}", range->first + i, *protocol));
  return ports;
}

bool collide(const PortMapping& a, const PortMapping& b) {
  if (a.protocol != b.protocol || a.host_port != b.host_port) return false;
  auto one = IpAddress::parse(a.host_ip);
  auto other = IpAddress::parse(b.host_ip);
  if (!one || !other) return true;  // every address, of both families
  return one->v6 == other->v6 && (one->is_any() || other->is_any() || *one == *other);
}

std::vector<PortRange> join_ranges(std::vector<PortMapping> ports) {
  std::sort(ports.begin(), ports.end(), [](const auto& a, const auto& b) { return order(a) < order(b); });
  std::vector<PortRange> ranges;
  for (PortMapping& port : ports) {
    if (!ranges.empty()) {
      PortRange& range = ranges.back();
      PortMapping next = range.first;
      next.host_port = static_cast<std::uint16_t>(next.host_port + range.count);
      next.container_port = static_cast<std::uint16_t>(next.container_port + range.count);
      if (range.first.host_port != 0 && port == next) {
        ++range.count;
        continue;
      }
    }
    ranges.push_back({std::move(port), 1});
  }
  return ranges;
}

std::string ports_text(const std::vector<PortMapping>& ports, const std::vector<std::string>& exposed, bool dual) {
  std::vector<std::string> texts;
  auto is_published = [&](const std::string& port) {
    return std::any_of(ports.begin(), ports.end(), [&](const PortMapping& mapping) {
      return port == fmt::format("{}/{}", mapping.container_port, mapping.protocol);
    });
  };
  for (const PortRange& range : join_ranges(ports)) {
    const PortMapping& first = range.first;
    std::string tail = fmt::format("{}->{}/{}", span_text(first.host_port, range.count),
                                   span_text(first.container_port, range.count), first.protocol);
    auto address = IpAddress::parse(first.host_ip);
    std::string ip = first.host_ip.empty()    ? "0.0.0.0"
                     : address && address->v6 ? "[" + first.host_ip + "]"
                                              : first.host_ip;
    texts.push_back(fmt::format("{}:{}", ip, tail));
    if (first.host_ip.empty() && dual) texts.push_back(fmt::format("[::]:{}", tail));
  }
  for (const std::string& port : exposed) {
    if (!is_published(port)) texts.push_back(port);
  }
  return join(texts, ", ");
}

}  // namespace aictr::hooks
