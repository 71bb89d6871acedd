#include "images/redirect.h"

#include <fmt/core.h>

#include "base/text.h"
#include "images/url.h"

namespace aictr::images {
namespace {

constexpr int kMostRedirects = 10;

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<std::optional<std::string>> Redirects::next(const std::string& url, const HttpResponse& response) {
  if (!is_redirect(response.status)) return std::optional<std::string>();
  if (followed_++ == kMostRedirects) {
    return make_error(Kind::network, fmt::format("'{}' redirects without an end", asked_));
  }
  std::string target = resolve_location(url, response.header("location"));
  auto to = parse_url(target);
  if (!to) return make_error(Kind::denied, fmt::format("'{}' redirects to '{}'", asked_, one_line(target)));
  bool loses_tls = url.starts_with("https:") && to->scheme == "http";
  if (loses_tls && downgrade_ == Downgrade::refuse) {
    return make_error(Kind::denied, fmt::format("'{}' redirects to '{}', without TLS", asked_, to->host));
  }
  return std::optional(std::move(target));
}

}  // namespace aictr::images
