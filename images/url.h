#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aictr::images {

// The parts of an http or https URL that decide who is asked.
struct Url {
  std::string scheme;
  std::string host;  // with its port where one is given
  std::string path;  // with its query; begins with '/'
};
std::optional<Url> parse_url(std::string_view text);

// What `location` means in an answer to `base`: it may be absolute, "//host/path", "/path" or relative.
std::string resolve_location(const std::string& base, std::string_view location);

// "?" or "&" and the parameter, its value escaped (RFC 3986), as the URL needs it.
std::string with_parameter(std::string url, std::string_view name, std::string_view value);

// The host without its port; "[::1]:80" gives "::1".
std::string_view host_name(std::string_view host);
// Whether the host is this machine itself: localhost, *.localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

}  // namespace aictr::images
