#include "cli/host_ca.h"

#include <doctest/doctest.h>

using namespace aictr::cli;

namespace {

std::string pem(std::string_view body) {
  return "-----BEGIN CERTIFICATE-----\n" + std::string(body) + "\n-----END CERTIFICATE-----\n";
}

}  // namespace

TEST_CASE("a bundle of shipped certificates has no foreign one, whatever their line breaks") {
  CHECK(count_foreign(pem("AAAA\nBBBB") + pem("CCCC"), {pem("AAAABBBB"), "# a comment\n" + pem("CC\r\nCC")}) == 0);
}

TEST_CASE("a certificate that the distribution does not ship is foreign") {
  CHECK(count_foreign(pem("AAAA") + pem("EVIL"), {pem("AAAA")}) == 1);
}

TEST_CASE("a bundle that breaks off is read as far as it goes") {
  CHECK(count_foreign(pem("AAAA") + "-----BEGIN CERTIFICATE-----\nBBB", {pem("AAAA")}) == 0);
  CHECK(count_foreign("", {}) == 0);
}

TEST_CASE("--host-ca takes three words") {
  CHECK(parse_host_ca("auto").ok());
  CHECK(parse_host_ca("never").value() == HostCa::never);
  CHECK_FALSE(parse_host_ca("yes").ok());
}
