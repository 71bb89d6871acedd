#include "images/registries_conf.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

RegistriesConf conf_of(std::string_view text) {
  RegistriesConf conf;
  REQUIRE(conf.add(text).ok());
  return conf;
}

// "host/repository", with "!" where it is insecure, in the order of trying.
std::string places(const RegistriesConf& conf, std::string_view name) {
  auto sources = conf.sources(oci::Reference::parse(name).value());
  if (!sources.ok()) return "denied";
  std::string text;
  for (const RegistrySource& source : sources.value()) {
    text += (text.empty() ? "" : " ") + source.name.host + "/" + source.name.repository;
    if (source.insecure) text += '!';
  }
  return text;
}

}  // namespace

TEST_CASE("without an entry an image is where its name says") {
  CHECK(places(RegistriesConf(), "python") == "docker.io/library/python");
}

TEST_CASE("mirrors are tried before the registry") {
  auto conf = conf_of(R"(
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "mirror.example:5000/hub"
insecure = true
[[registry.mirror]]
location = "other.example"
)");
  CHECK(places(conf, "python") ==
        "mirror.example:5000/hub/library/python! other.example/library/python "
        "docker.io/library/python");
  CHECK(places(conf, "quay.io/a/b") == "quay.io/a/b");
}

TEST_CASE("a prefix is replaced by its location, and the longest counts") {
  auto conf = conf_of(R"(
[[registry]]
prefix = "example.com"
location = "registry.internal"
[[registry]]
prefix = "example.com/team"
location = "localhost/copy/of/team"
[[registry]]
prefix = "*.cloud.example"
location = "cloud.internal:8443"
[[registry]]
prefix = "*.kept.example"
insecure = true
)");
  CHECK(places(conf, "example.com/app") == "registry.internal/app");
  CHECK(places(conf, "example.com/team/app:1") == "localhost/copy/of/team/app");
  CHECK(places(conf, "example.com/teammate/app") == "registry.internal/teammate/app");
  CHECK(places(conf, "eu.cloud.example/app") == "cloud.internal:8443/app");
  CHECK(places(conf, "cloud.example/app") == "cloud.example/app");
  CHECK(places(conf, "a.kept.example/app") == "a.kept.example/app!");
}

TEST_CASE("a blocked registry is not asked, what is pushed goes to the registry itself") {
  auto conf = conf_of(R"(
[[registry]]
location = "bad.example"
blocked = true
[[registry]]
prefix = "good.example"
location = "home.example"
[[registry.mirror]]
location = "mirror.example"
)");
  CHECK(places(conf, "bad.example/app") == "denied");
  CHECK(conf.sources(oci::Reference::parse("bad.example/app").value()).error().message.find("bad.example") !=
        std::string::npos);
  CHECK(conf.home(oci::Reference::parse("good.example/app").value()).value().name.host == "home.example");
}

TEST_CASE("some mirrors have digests or tags alone") {
  const std::string by_digest = "example.com/a@sha256:" + std::string(64, 'a');
  auto all = conf_of(
      "[[registry]]\nlocation='example.com'\nmirror-by-digest-only=true\n"
      "[[registry.mirror]]\nlocation='m.example'\n");
  CHECK(places(all, "example.com/a:1") == "example.com/a");
  CHECK(places(all, by_digest) == "m.example/a example.com/a");
  auto each = conf_of(
      "[[registry]]\nlocation='example.com'\n[[registry.mirror]]\nlocation='d.example'\n"
      "pull-from-mirror='digest-only'\n[[registry.mirror]]\nlocation='t.example'\n"
      "pull-from-mirror='tag-only'\n");
  CHECK(places(each, "example.com/a:1") == "t.example/a example.com/a");
  CHECK(places(each, by_digest) == "d.example/a example.com/a");
}

TEST_CASE("a later file's entry of one prefix wins") {
  auto conf = conf_of("[[registry]]\nlocation='example.com'\nblocked=true\n");
  REQUIRE(conf.add("[[registry]]\nlocation='example.com'\n").ok());
  CHECK(places(conf, "example.com/a") == "example.com/a");
}

TEST_CASE("an entry that says nothing is refused") {
  for (const char* text : {"[[registry]]\n", "[[registry.mirror]]\nlocation='a'\n",
                           "[[registry]]\nlocation='a'\n[[registry.mirror]]\n", "[[registry]\n"}) {
    RegistriesConf conf;
    CAPTURE(text);
    REQUIRE_FALSE(conf.add(text).ok());
    CHECK(conf.add(text).error().kind == Kind::corrupt);
  }
  auto odd = conf_of("[[registry]]\nprefix='example.com'\nlocation='a/No Name'\n");
  CHECK_FALSE(odd.sources(oci::Reference::parse("example.com/app").value()).ok());
}
