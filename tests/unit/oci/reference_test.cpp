#include "oci/reference.h"

#include <doctest/doctest.h>

using aictr::oci::Reference;

TEST_CASE("a short name means Docker Hub's library and the tag latest") {
  auto reference = Reference::parse("python");
  REQUIRE(reference.ok());
  CHECK(reference.value().full() == "docker.io/library/python:latest");
  CHECK(reference.value().familiar() == "python:latest");
}

TEST_CASE("a first component with a dot, a colon or called localhost is a host") {
  CHECK(Reference::parse("localhost:5000/a/b:1").value().host == "localhost:5000");
  CHECK(Reference::parse("ghcr.io/a/b").value().host == "ghcr.io");
  CHECK(Reference::parse("a/b").value().full() == "docker.io/a/b:latest");
}

TEST_CASE("a name with tag and digest keeps both") {
  std::string digest = "sha256:" + std::string(64, 'a');
  auto reference = Reference::parse("a/b:1@" + digest);
  REQUIRE(reference.ok());
  CHECK(reference.value().tag == "1");
  CHECK(reference.value().digest->text() == digest);
}

TEST_CASE("names outside the grammar are refused with the reason") {
  for (const char* bad : {"", "a//b", "a/", "/a", "a:", "-a", "a-", "a__", "a___b", "a..b", "a:b:c", "a@b", "a b"}) {
    CAPTURE(bad);
    CHECK_FALSE(Reference::parse(bad).ok());
  }
  CHECK(Reference::parse("My-App").error().message.find("lower case") != std::string::npos);
}

TEST_CASE("a familiar name is read as the name that it is short for") {
  for (const char* name : {"python:3", "docker.io/library/a/b:1", "docker.io/localhost/a:1", "docker.io/a/b:1",
                           "library/a/b/c:1", "quay.io/library/a:1", "docker.io/library/library:1"}) {
    Reference reference = Reference::parse(name).value();
    CAPTURE(name);
    CHECK(Reference::parse(reference.familiar()).value().full() == reference.full());
  }
}

TEST_CASE("what is said about a name stays in one line") {
  for (const char* bad : {"pyth\nx", "a:\n", "a@\n", "x.y\x1b/a"}) {
    auto reference = Reference::parse(bad);
    REQUIRE_FALSE(reference.ok());
    CHECK(reference.error().message.find_first_of("\n\x1b") == std::string::npos);
  }
}
