// A container whose config.json has no process (config.md, "Process": it is needed for start alone).

#include <fcntl.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

TEST_CASE("a container without a process can be created, looked at and deleted, but not started") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.process.reset();
  Outcome created = bundle.create();
  CAPTURE(created.output);
  REQUIRE(created.exit_code == 0);
  CHECK(bundle.status() == "created");
  Outcome started = bundle.runtime({"start", bundle.id()});
  CHECK(started.exit_code == 1);
  CHECK(started.says("has no /process"));
  CHECK(bundle.status() == "created");
  CHECK(bundle.runtime({"delete", bundle.id()}).exit_code == 0);
  CHECK(bundle.status().empty());
}

TEST_CASE("what is to run at once needs a process") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.process.reset();
  Outcome outcome = bundle.runtime({"run", "--bundle", bundle.path(), bundle.id()});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/process is missing"));
}

TEST_CASE("a label for mounts needs SELinux") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  if (read_file(AT_FDCWD, "/proc/filesystems").value_or("").find("selinuxfs") != std::string::npos)
    SKIP("needs a host without SELinux");
  bundle.part().mount_label = "system_u:object_r:container_file_t:s0";
  Outcome outcome = bundle.run("true");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/linux/mountLabel: selinux is disabled or not supported"));
}
