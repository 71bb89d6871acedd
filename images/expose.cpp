#include "images/expose.h"

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

constexpr unsigned kLastPort = 65535;

Error wrong(std::string_view text, std::string_view why) {
  return make_error(Kind::usage, fmt::format("'{}' is no port: {}", text, why), "write 8080, 53/udp or 8000-8010");
}

}  // namespace

Result<std::vector<std::string>> exposed_ports(std::string_view text) {
  // What stands before the container's port means something to `docker run -p` alone.
  std::string_view port = text.substr(text.rfind(':') + 1);
  std::size_t slash = port.find('/');
  std::string protocol = slash == std::string_view::npos ? "tcp" : lower(port.substr(slash + 1));
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
    return wrong(text, fmt::format("protocol '{}' is not tcp, udp or sctp", protocol));
  }
  std::string_view range = port.substr(0, slash);
  std::size_t dash = range.find('-');
  auto first = parse_number<unsigned>(range.substr(0, dash));
  auto last = dash == std::string_view::npos ? first : parse_number<unsigned>(range.substr(dash + 1));
  if (!first || !last) return wrong(text, "it is not a number");
  if (*first > kLastPort || *last > kLastPort) return wrong(text, "the last one is 65535");
  if (*last < *first) return wrong(text, "the range ends before it begins");
  std::vector<std::string> ports;
  for (unsigned number = *first; number <= *last; ++number) ports.push_back(fmt::format("{}/{}", number, protocol));
  return ports;
}

}  // namespace aictr::images
