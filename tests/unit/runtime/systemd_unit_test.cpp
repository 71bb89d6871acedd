#include "runtime/systemd_unit.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("a scope is named by slice, prefix and name, or by its container") {
  auto name = scope_name("machine-qemu.slice:cri-containerd:1f2e", "web", Manager::system);
  REQUIRE(name.ok());
  CHECK(name.value().slice == "machine-qemu.slice");
  CHECK(name.value().unit == "cri-containerd-1f2e.scope");
  CHECK(scope_name("", "web", Manager::system).value().unit == "aictr-web.scope");
  CHECK(scope_name("", "web", Manager::system).value().slice == "system.slice");
  CHECK(scope_name("::web", "x", Manager::user).value().slice == "user.slice");
  CHECK(scope_name("::web", "x", Manager::user).value().unit == "web.scope");
}

TEST_CASE("a slice lies in the slices that its name begins with") {
  CHECK(ScopeName{"a.slice", "x.scope"}.cgroup() == "/a.slice/x.scope");
  CHECK(ScopeName{"a-b-c.slice", "x.scope"}.cgroup() == "/a.slice/a-b.slice/a-b-c.slice/x.scope");
  CHECK(ScopeName{"-.slice", "x.scope"}.cgroup() == "/x.scope");
}

TEST_CASE("what is no slice, prefix and name is refused with its place") {
  for (const char* path :
       {"/aictr/web", "system.slice:web", "a.slice:b:c:d", "web:a:b", "-a.slice:b:c", "a-.slice:b:c", "a--b.slice:b:c",
        ".slice:b:c", "a/b.slice:b:c", "a.slice:b/../c:d", "a.slice:b:", "a.slice:b:c.slice", "a.slice:b: c"}) {
    auto name = scope_name(path, "web", Manager::system);
    CAPTURE(path);
    REQUIRE_FALSE(name.ok());
    CHECK(name.error().kind == Kind::usage);
    CHECK(name.error().message.find("/linux/cgroupsPath") == 0);
  }
  CHECK_FALSE(scope_name("a.slice:b:" + std::string(300, 'x'), "web", Manager::system).ok());
}

TEST_CASE("the object of a unit has its name with every other byte spelt out") {
  CHECK(object_path_of("a-1.scope") == "/org/freedesktop/systemd1/unit/a_2d1_2escope");
}
