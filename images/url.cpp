#include "images/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

bool is_unreserved(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~:/").find(c) != std::string_view::npos;
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (is_unreserved(c)) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  std::string_view rest = text.substr(colon + 3);
  std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  url.host = lower(rest.substr(0, end));
  url.path = rest.substr(end);
  if (!url.path.starts_with('/')) url.path.insert(0, "/");
  if (url.host.empty() || url.host.find('@') != std::string::npos) return std::nullopt;
  return url;
}

std::string resolve_location(const std::string& base, std::string_view location) {
  if (location.find("://") != std::string_view::npos) return std::string(location);
  auto from = parse_url(base);
  if (!from) return std::string(location);
  if (location.starts_with("//")) return fmt::format("{}:{}", from->scheme, location);
  std::string root = fmt::format("{}://{}", from->scheme, from->host);
  if (location.starts_with('/')) return root + std::string(location);
  std::string path = from->path.substr(0, from->path.find('?'));
  return fmt::format("{}{}{}", root, path.substr(0, path.rfind('/') + 1), location);
}

std::string with_parameter(std::string url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}={}", url, name, escape(value));
}

std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_loopback(std::string_view host) {
  std::string name = lower(host_name(host));
  if (name == "localhost" || name.ends_with(".localhost") || name == "::1") return true;
  in_addr address{};
  return ::inet_pton(AF_INET, name.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace aictr::images
