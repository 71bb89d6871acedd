#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "images/http.h"

namespace aictr::images {

bool is_redirect(int status);

// The redirections of one request (RFC 9110, section 15.4), followed one by one.
class Redirects {
 public:
  enum class Downgrade { refuse, allow };  // whether https may lead to http

  // `asked`: what errors name, a host or a URL.
  Redirects(std::string asked, Downgrade downgrade) : asked_(std::move(asked)), downgrade_(downgrade) {}

  // Where the answer to `url` leads; nothing when it does not redirect. Kind::denied: to something else than http and
  // https, or out of TLS; Kind::network: the tenth has redirected again.
  Result<std::optional<std::string>> next(const std::string& url, const HttpResponse& response);

 private:
  std::string asked_;
  Downgrade downgrade_;
  int followed_ = 0;
};

}  // namespace aictr::images
