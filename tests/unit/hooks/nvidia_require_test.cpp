#include "hooks/nvidia_require.h"

#include <doctest/doctest.h>

#include "hooks/cuda_versions.h"

using namespace aictr;
using namespace aictr::hooks;

namespace {

DottedVersion version(std::string_view text) {
  return DottedVersion::parse(text).value();
}

DriverFacts with_driver(std::string_view driver, std::string brand = "nvidia") {
  return {version(driver), cuda_of_driver(version(driver)), std::nullopt, std::move(brand)};
}

// As nvidia/cuda images have it.
constexpr const char* kImage =
    "cuda>=12.9 brand=unknown,driver>=535,driver<536 "
    "brand=tesla,driver>=535,driver<536 "
    "brand=tesla,driver>=550,driver<551";

std::string refusal(std::vector<std::string> environment, const DriverFacts& facts) {
  auto checked = check_requirements(environment, facts);
  return checked.ok() ? "" : checked.error().message;
}

}  // namespace

TEST_CASE("versions compare number by number") {
  CHECK(compare(version("580.95.05"), version("580.95.5")) == 0);
  CHECK(compare(version("12.10"), version("12.9")) > 0);
  CHECK(compare(version("12"), version("12.0")) == 0);
  for (std::string_view text : {"", ".", "1.", "1..2", "a", "1.x", "99999999999"})
    CHECK_FALSE(DottedVersion::parse(text));
}

TEST_CASE("one group must hold, and all of it") {
  CHECK(is_met(kImage, with_driver("580.95.05")).value());
  CHECK(is_met(kImage, with_driver("535.1", "tesla")).value());
  CHECK_FALSE(is_met(kImage, with_driver("535.1", "geforce")).value());
  CHECK_FALSE(is_met(kImage, with_driver("545.1", "tesla")).value());
  CHECK(is_met("", with_driver("1.0")).value());
  CHECK(is_met("driver=580.95.05", with_driver("580.95.5")).value());
  CHECK_FALSE(is_met("driver!=580", with_driver("580.0")).value());
  CHECK(is_met("cuda<=13.0", with_driver("580.1")).value());
  CHECK(is_met("arch>=9.9", with_driver("580.1")).value());  // nobody knows
  CHECK(is_met("brand!=geforce", with_driver("580.1")).value());
}

TEST_CASE("demands without a meaning") {
  for (std::string_view text : {"cuda", "cuda==12", ">=12", "cuda>=", "cuda>=x", "foo>=1", "brand>=tesla", "cuda=>1"}) {
    CHECK_FALSE(is_met(text, with_driver("580.1")).ok());
  }
}

TEST_CASE("all variables count, and the mend is told") {
  DriverFacts facts = with_driver("550.54.14");
  CHECK(refusal({"NVIDIA_REQUIRE_CUDA=cuda>=12.4"}, facts) == "");
  CHECK(refusal({"NVIDIA_REQUIRE_CUDA=cuda>=12.4", "NVIDIA_REQUIRE_X=driver>=570"}, facts) ==
        "the image needs driver>=570 (NVIDIA_REQUIRE_X), and the "
        "driver is 550.54.14, which runs CUDA 12.4");
  CHECK(refusal({"CUDA_VERSION=12.8.1"}, facts) ==
        "the image needs cuda>=12.8 (CUDA_VERSION), and the driver is "
        "550.54.14, which runs CUDA 12.4");
  CHECK(refusal({"CUDA_VERSION=12.8.1", "NVIDIA_REQUIRE_CUDA=cuda>=12.0"}, facts) == "");
  CHECK(refusal({"CUDA_VERSION=12.8.1", "NVIDIA_DISABLE_REQUIRE=true"}, facts) == "");
  CHECK(refusal({"NVIDIA_REQUIRE_JETPACK=x"}, facts) == "");
  auto checked = check_requirements({"CUDA_VERSION=13.0"}, facts);
  CHECK(checked.error().hint.find("nvidia/cuda:12.4.1-base-ubuntu22.04") != std::string::npos);
}

TEST_CASE("drivers and their CUDA") {
  CHECK(cuda_of_driver(version("580.95.05"))->text == "13.0");
  CHECK(cuda_of_driver(version("470.57"))->text == "11.4");
  CHECK(cuda_of_driver(version("536.1"))->text == "12.2");
  CHECK_FALSE(cuda_of_driver(version("700.1")));
  CHECK(base_image_tag(version("12.7")) == "12.6.3-base-ubuntu22.04");
  CHECK(base_image_tag(version("11.4")) == "11.4.3-base-ubuntu20.04");
}

TEST_CASE("brands") {
  CHECK(brand_of_model("NVIDIA GeForce RTX 4090") == "geforcertx");
  CHECK(brand_of_model("Tesla T4") == "tesla");
  CHECK(brand_of_model("NVIDIA H200") == "nvidia");
  CHECK(brand_of_model("") == "");
}
