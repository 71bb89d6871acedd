#include "images/url.h"

#include <doctest/doctest.h>

using namespace aictr::images;

TEST_CASE("a URL is taken apart") {
  auto url = parse_url("HTTPS://Registry.Example.com:5000/v2/a?b=c");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "registry.example.com:5000");
  CHECK(url->path == "/v2/a?b=c");
  CHECK(parse_url("http://host")->path == "/");
}

TEST_CASE("what is no address of a registry is told") {
  for (const char* text : {"", "host/path", "ftp://host/", "file:///etc/passwd", "https://", "https://user@host/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_url(text));
  }
}

TEST_CASE("a location means what RFC 3986 says") {
  const std::string base = "https://host:5000/v2/app/blobs/uploads/1?state=x";
  CHECK(resolve_location(base, "https://other/x") == "https://other/x");
  CHECK(resolve_location(base, "//cdn/x") == "https://cdn/x");
  CHECK(resolve_location(base, "/v2/y?z") == "https://host:5000/v2/y?z");
  CHECK(resolve_location(base, "2?state=y") == "https://host:5000/v2/app/blobs/uploads/2?state=y");
}

TEST_CASE("parameters are added and escaped") {
  CHECK(with_parameter("http://h/p", "scope", "repository:a/b:pull") == "http://h/p?scope=repository:a/b:pull");
  CHECK(with_parameter("http://h/p?a=b", "name", "x y&z=+%") == "http://h/p?a=b&name=x%20y%26z%3D%2B%25");
}

TEST_CASE("this machine's own names are known") {
  for (const char* host :
       {"localhost", "localhost:5000", "LOCALHOST", "x.localhost", "127.0.0.1:80", "127.1.2.3", "[::1]:5000"}) {
    CAPTURE(host);
    CHECK(is_loopback(host));
  }
  for (const char* host : {"example.com", "127.0.0.1.example.com", "localhost.example.com", "128.0.0.1", "[::2]"}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback(host));
  }
}
