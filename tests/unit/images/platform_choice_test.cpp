#include "images/platform_choice.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

oci::Index index_of(const std::vector<oci::Platform>& platforms) {
  oci::Index index;
  for (const oci::Platform& platform : platforms) {
    oci::Descriptor entry;
    entry.platform = platform;
    index.manifests.push_back(entry);
  }
  return index;
}

}  // namespace

TEST_CASE("a platform is read as people write it") {
  CHECK(print_platform(parse_platform("linux/arm64/v8").value()) == "linux/arm64/v8");
  CHECK(print_platform(parse_platform("aarch64").value()) == "linux/arm64");
  CHECK(print_platform(parse_platform("Linux/x86_64").value()) == "linux/amd64");
  for (const char* text : {"", "linux", "linux/", "a/b/c/d", "linux/potato"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_platform(text).ok());
  }
}

TEST_CASE("the best that runs here is chosen") {
  oci::Index index = index_of({{"arm64", "linux", ""},
                               {"amd64", "linux", "v4"},
                               {"amd64", "linux", ""},
                               {"amd64", "linux", "v2"},
                               {"amd64", "windows", "v3"},
                               {"unknown", "unknown", ""}});
  CHECK(choose_platform(index, {"amd64", "linux", "v3"}).value().platform->variant == "v2");
  CHECK(choose_platform(index, {"amd64", "linux", ""}).value().platform->variant.empty());
  CHECK(choose_platform(index, {"arm64", "linux", "v8"}).value().platform->architecture == "arm64");
}

TEST_CASE("what there is not is told with what there is") {
  auto none = choose_platform(index_of({{"arm", "linux", "v7"}, {"unknown", "unknown", ""}}), {"amd64", "linux", ""});
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().message == "there is no image for linux/amd64; there is linux/arm/v7");
  CHECK_FALSE(choose_platform(index_of({{"arm", "linux", "v7"}}), {"arm", "linux", "v6"}).ok());
}

TEST_CASE("an index of one image that does not say what it is for is taken") {
  oci::Index index;
  index.manifests.emplace_back();
  CHECK(choose_platform(index, {"amd64", "linux", ""}).ok());
}
