// Containers in a mount namespace that is not theirs alone.

#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/scope.h"
#include "base/sys_process.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// Mounts are made in a tree that is attached to nothing.
bool kernel_can() {
  utsname name{};
  int major = 0;
  int minor = 0;
  return ::uname(&name) == 0 && std::sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 15));
}

ino_t mount_namespace_of(pid_t pid) {
  struct stat st {};
  return ::stat(fmt::format("/proc/{}/ns/mnt", pid).c_str(), &st) == 0 ? st.st_ino : 0;
}

pid_t pid_of(TestBundle& bundle) {
  std::string state = bundle.runtime({"state", bundle.id()}).output;
  return std::atoi(state.c_str() + state.find("\"pid\": ") + 7);
}

void check_inside(TestBundle& bundle) {
  Outcome inside = bundle.runtime(
      {"exec", bundle.id(), "sh", "-c", "cat /marker /proc/1/comm /masked; touch /x; ls /proc/self/fd | wc -l"});
  CAPTURE(inside.output);
  CHECK(inside.says("the container's\nsleep\n"));
  CHECK(inside.says("Read-only file system"));
  CHECK_FALSE(inside.says("never seen"));
  CHECK(inside.output.ends_with("\n4\n"));
}

void prepare(TestBundle& bundle) {
  bundle.write("rootfs/marker", "the container's\n");
  bundle.write("rootfs/masked", "never seen\n");
  bundle.spec.root->readonly = true;
  bundle.part().masked_paths.emplace_back("/masked");
  bundle.process().args = {"sleep", "100"};
}

}  // namespace

TEST_CASE("without a mount namespace of its own a container is in the runtime's, and mounts nothing there") {
  NEEDS_BUNDLE();
  if (!kernel_can()) SKIP("needs Linux 6.15");
  TestBundle bundle;
  prepare(bundle);
  std::erase_if(bundle.part().namespaces, [](const auto& ns) { return ns.type == "mount"; });
  Outcome created = bundle.create();
  REQUIRE_MESSAGE(created.exit_code == 0, bundle.read("errors"));
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(mount_namespace_of(pid_of(bundle)) == mount_namespace_of(::getpid()));
  CHECK(test::mounts_naming(bundle.path()).empty());
  check_inside(bundle);
}

TEST_CASE("the mount namespace of another process is joined by path") {
  NEEDS_BUNDLE();
  if (!kernel_can()) SKIP("needs Linux 6.15");
  TestBundle bundle;
  prepare(bundle);
  pid_t other = ::fork();
  if (other == 0) {
    ignore(sys::unshare(CLONE_NEWNS));
    ::pause();
    ::_exit(0);
  }
  Defer end([&] {
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
  });
  while (mount_namespace_of(other) == mount_namespace_of(::getpid())) ::usleep(1000);
  for (auto& ns : bundle.part().namespaces) {
    if (ns.type == "mount") ns.path = fmt::format("/proc/{}/ns/mnt", other);
  }
  REQUIRE_MESSAGE(bundle.create().exit_code == 0, bundle.read("errors"));
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(mount_namespace_of(pid_of(bundle)) == mount_namespace_of(other));
  check_inside(bundle);
}
