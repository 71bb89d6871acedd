#include "oci/seccomp_profile.h"

#include <doctest/doctest.h>

using namespace aictr::oci;

namespace {

const ProfileTarget kPlain{{"CAP_CHOWN"}, "amd64", 6, 1};

// One rule with the given members beside its name and action.
Seccomp parse(const std::string& members, const ProfileTarget& target = kPlain) {
  std::string text = R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["mount"],"action":"SCMP_ACT_ALLOW")" +
                     (members.empty() ? "" : "," + members) + "}]}";
  auto profile = parse_seccomp_profile(text, target);
  REQUIRE(profile.ok());
  return profile.value();
}

}  // namespace

TEST_CASE("a rule without conditions is kept") {
  CHECK(parse("").syscalls.size() == 1);
  CHECK(parse(R"("includes":{},"excludes":{})").syscalls.size() == 1);
}

TEST_CASE("a rule for a capability is kept only with it") {
  CHECK(parse(R"("includes":{"caps":["CAP_SYS_ADMIN"]})").syscalls.empty());
  CHECK(parse(R"("includes":{"caps":["CAP_SYS_ADMIN"]})", {{"CAP_SYS_ADMIN"}, "amd64", 6, 1}).syscalls.size() == 1);
  CHECK(parse(R"("excludes":{"caps":["CAP_CHOWN"]})").syscalls.empty());
}

TEST_CASE("a rule for another architecture or a newer kernel is left out") {
  CHECK(parse(R"("includes":{"arches":["s390x"]})").syscalls.empty());
  CHECK(parse(R"("includes":{"arches":["amd64","x32"]})").syscalls.size() == 1);
  CHECK(parse(R"("includes":{"minKernel":"4.8"})").syscalls.size() == 1);
  CHECK(parse(R"("includes":{"minKernel":"6.12"})").syscalls.empty());
}

TEST_CASE("the architecture map becomes the list for this architecture") {
  auto profile = parse_seccomp_profile(R"({"defaultAction":"SCMP_ACT_ALLOW","archMap":[
      {"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]},
      {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}]})",
                                       kPlain);
  REQUIRE(profile.ok());
  CHECK(profile.value().architectures ==
        std::vector<std::string>{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"});
}

TEST_CASE("a broken profile is refused with the place") {
  CHECK(parse_seccomp_profile("{}", kPlain).error().message == "seccomp profile: /defaultAction is missing");
  CHECK_FALSE(parse_seccomp_profile("[", kPlain).ok());
  CHECK_FALSE(parse_seccomp_profile(R"({"defaultAction":"A","syscalls":[{"action":"B"}]})", kPlain).ok());
}
