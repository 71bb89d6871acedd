#include "oci/cdi_name.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

TEST_CASE("a qualified device name has a vendor, a class and a name") {
  auto name = parse_cdi_name("nvidia.com/gpu=0:1");
  REQUIRE(name.ok());
  CHECK(name.value().vendor == "nvidia.com");
  CHECK(name.value().device_class == "gpu");
  CHECK(name.value().name == "0:1");
  CHECK(name.value().kind() == "nvidia.com/gpu");
  CHECK(name.value().text() == "nvidia.com/gpu=0:1");
  for (const char* good : {"a/b=c", "a-_.b/c_D=1", "v1/c1=GPU-1a2b", "v/c=a:b"}) CHECK(parse_cdi_name(good).ok());
}

TEST_CASE("a device name that is wrong says in which part") {
  auto error = [](const char* text) {
    auto name = parse_cdi_name(text);
    return name.ok() ? std::string() : name.error().message;
  };
  CHECK(error("") == "invalid device name '': it is not VENDOR/CLASS=NAME");
  CHECK(error("a/b") == "invalid device name 'a/b': it is not VENDOR/CLASS=NAME");
  CHECK(error("a=b") == "invalid device name 'a=b': 'a' is not VENDOR/CLASS");
  CHECK(error("/b=c") == "invalid device name '/b=c': the vendor is empty");
  CHECK(error("a/=c") == "invalid device name 'a/=c': the class is empty");
  CHECK(error("a/b=") == "invalid device name 'a/b=': the device name is empty");
  CHECK(error("1a/b=c") == "invalid device name '1a/b=c': the vendor '1a' must begin with a letter");
  CHECK(error("a/b/c=d").ends_with("the class 'b/c' has a character that is not allowed"));
  CHECK(error("a/b-=d").ends_with("the class 'b-' must end in a letter or a digit"));
  CHECK(error("a/b=:d").ends_with("the device name ':d' must begin with a letter or a digit"));
  CHECK(error("a/b=d ").ends_with("the device name 'd ' has a character that is not allowed"));
  CHECK(error("a/b=c=d").ends_with("the device name 'c=d' has a character that is not allowed"));
}

TEST_CASE("a path is not taken for a device name") {
  CHECK(looks_like_cdi_name("nvidia.com/gpu=all"));
  CHECK_FALSE(looks_like_cdi_name("/dev/a=b"));
  CHECK_FALSE(looks_like_cdi_name("a=b/c"));
  CHECK_FALSE(looks_like_cdi_name("/dev/null:rw"));
}
