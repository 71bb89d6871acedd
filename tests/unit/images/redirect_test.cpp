#include "images/redirect.h"

#include <doctest/doctest.h>

#include "images/backoff.h"

using namespace aictr;
using namespace aictr::images;

namespace {

HttpResponse answer(int status, std::string location = {}) {
  HttpResponse response;
  response.status = status;
  if (!location.empty()) response.headers.emplace_back("location", std::move(location));
  return response;
}

}  // namespace

TEST_CASE("a redirection leads to its location, and nothing else does") {
  Redirects redirects("host", Redirects::Downgrade::refuse);
  for (int status : {301, 302, 303, 307, 308}) {
    auto next = redirects.next("https://host/a/b", answer(status, "/c"));
    REQUIRE(next.ok());
    CHECK(next.value() == "https://host/c");
  }
  for (int status : {200, 201, 202, 300, 304, 401, 404, 500}) {
    auto next = redirects.next("https://host/a", answer(status, "/c"));
    REQUIRE(next.ok());
    CHECK_FALSE(next.value());
  }
}

TEST_CASE("redirections do not lead out of TLS, unless that is allowed") {
  Redirects strict("host", Redirects::Downgrade::refuse);
  auto refused = strict.next("https://host/", answer(302, "http://other/"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == Kind::denied);
  CHECK(refused.error().message == "'host' redirects to 'other', without TLS");
  Redirects lax("host", Redirects::Downgrade::allow);
  CHECK(lax.next("https://host/", answer(302, "http://other/")).ok());
}

TEST_CASE("redirections lead to web servers alone") {
  for (const char* target : {"file:///etc/passwd", "ftp://host/x", "https://user:word@host/", "https://"}) {
    CAPTURE(target);
    Redirects redirects("host", Redirects::Downgrade::allow);
    auto next = redirects.next("http://host/", answer(302, target));
    REQUIRE_FALSE(next.ok());
    CHECK(next.error().kind == Kind::denied);
  }
}

TEST_CASE("redirections end after ten") {
  Redirects redirects("host", Redirects::Downgrade::refuse);
  for (int i = 0; i < 10; ++i) CHECK(redirects.next("http://host/", answer(302, "/again")).ok());
  auto last = redirects.next("http://host/", answer(302, "/again"));
  REQUIRE_FALSE(last.ok());
  CHECK(last.error().message == "'host' redirects without an end");
}

TEST_CASE("what fails for a while is sent again, but not what may have arrived in part") {
  int sent = 0;
  auto failing_once = [&]() -> Result<HttpResponse> {
    if (++sent == 1) return make_error(Kind::network, "reset");
    return answer(200);
  };
  CHECK(send_patiently(failing_once, true).ok());
  CHECK(sent == 2);
  sent = 0;
  CHECK_FALSE(send_patiently(failing_once, false).ok());
  CHECK(sent == 1);
}

TEST_CASE("an answer that may be better later is asked for again after Retry-After") {
  int sent = 0;
  auto busy_once = [&]() -> Result<HttpResponse> {
    HttpResponse response = answer(++sent == 1 ? 503 : 200);
    response.headers.emplace_back("retry-after", "0");
    return response;
  };
  auto response = send_patiently(busy_once, false);
  REQUIRE(response.ok());
  CHECK(response.value().status == 200);
  CHECK(sent == 2);
}
