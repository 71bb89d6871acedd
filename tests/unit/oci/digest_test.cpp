#include "oci/digest.h"

#include <doctest/doctest.h>

using aictr::Kind;
using aictr::oci::Digest;

TEST_CASE("a digest is an algorithm and its hexadecimal digits") {
  std::string hex(64, 'a');
  auto digest = Digest::parse("sha256:" + hex);
  REQUIRE(digest.ok());
  CHECK(digest.value().text() == "sha256:" + hex);
  CHECK(digest.value().algorithm() == "sha256");
  CHECK(digest.value().hex() == hex);
  CHECK(digest.value().short_id() == "aaaaaaaaaaaa");
  CHECK(digest.value() == Digest::sha256(hex));
  CHECK(Digest::parse("sha512:" + std::string(128, '0')).ok());
  CHECK(Digest().empty());
}

TEST_CASE("what is no digest, or could be a path, is refused") {
  std::string hex(64, 'a');
  for (const std::string& bad :
       {std::string(), hex, "sha256:" + hex + "0", "sha256:" + hex.substr(1), std::string("sha256:"),
        "sha256:" + std::string(64, 'A'), "sha256:" + std::string(64, 'g'), "md5:" + hex, "SHA256:" + hex,
        "sha512:" + hex, "sha256:../" + hex.substr(3), ":" + hex}) {
    CAPTURE(bad);
    auto digest = Digest::parse(bad);
    REQUIRE_FALSE(digest.ok());
    CHECK(digest.error().kind == Kind::corrupt);
  }
}
