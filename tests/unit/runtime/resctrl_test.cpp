#include "runtime/resctrl.h"

#include <fcntl.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

oci::IntelRdt rdt(std::string clos_id, std::vector<std::string> schemata = {}) {
  oci::IntelRdt wanted;
  wanted.clos_id = std::move(clos_id);
  wanted.schemata = std::move(schemata);
  return wanted;
}

// A group as the kernel shows it: these files are there as soon as the directory is, which no other file system does.
void make_group(const test::TempDir& mount, const std::string& name, const std::string& schemata) {
  REQUIRE(make_directories(mount.fd(), name + "/mon_groups", 0755).ok());
  REQUIRE(write_file(mount.fd(), name + "/schemata", schemata, 0644).ok());
  REQUIRE(write_file(mount.fd(), name + "/tasks", "", 0644).ok());
}

std::string content(const test::TempDir& mount, const std::string& path) {
  return read_file(mount.fd(), path).value_or("(missing)");
}

}  // namespace

TEST_CASE("without a closID the group is the container's own, and goes with it") {
  auto plan = plan_resctrl(rdt(""), "box").value();
  CHECK(plan.group == "box");
  CHECK(plan.may_make);
  CHECK(plan.temporary);
  CHECK(plan.schema.empty());
  CHECK(plan.monitor.empty());
}

TEST_CASE("a closID without schemata must be there, with some it may be made, and stays") {
  auto joined = plan_resctrl(rdt("gold"), "box").value();
  CHECK(joined.group == "gold");
  CHECK_FALSE(joined.may_make);
  CHECK_FALSE(joined.temporary);
  auto made = plan_resctrl(rdt("gold", {"L3:0=f"}), "box").value();
  CHECK(made.may_make);
  CHECK_FALSE(made.temporary);
  CHECK(plan_resctrl(rdt("/"), "box").value().group.empty());
}

TEST_CASE("schemata are written after the cache's and the memory's") {
  oci::IntelRdt wanted = rdt("", {"L2:0=f"});
  wanted.l3_cache_schema = "L3:0=ff";
  wanted.mem_bw_schema = "MB:0=20";
  wanted.enable_monitoring = true;
  auto plan = plan_resctrl(wanted, "box").value();
  CHECK(plan.schema == std::vector<std::string>{"L3:0=ff", "MB:0=20", "L2:0=f"});
  CHECK(plan.monitor == "box");
}

TEST_CASE("what is no group or no schema is refused with its place") {
  for (const char* name : {"..", ".", "a/b", "/a", "info", "mon_groups", "a\nb"}) {
    CAPTURE(name);
    auto plan = plan_resctrl(rdt(name), "box");
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().message.starts_with("/linux/intelRdt/closID"));
  }
  CHECK(plan_resctrl(rdt("", {"a", "L3:0=f\nMB:0=1"}), "x").error().message.starts_with("/linux/intelRdt/schemata/1"));
  oci::IntelRdt wanted;
  wanted.mem_bw_schema = "L3:0=f";
  CHECK(plan_resctrl(wanted, "x").error().message == "/linux/intelRdt/memBwSchema does not begin with 'MB:'");
}

TEST_CASE("schemata are compared by value") {
  const char* there = "    MB:0= 100;1= 050\n    L3:0=00ff;1=0f0f\n";
  CHECK(has_schema(there, {"L3:0=ff;1=f0f"}));
  CHECK(has_schema(there, {"L3:1=F0F", "MB:0=100"}));
  CHECK(has_schema(there, {}));
  CHECK_FALSE(has_schema(there, {"L3:0=fe"}));
  CHECK_FALSE(has_schema(there, {"L3:2=ff"}));
  CHECK_FALSE(has_schema(there, {"L2:0=ff"}));
  CHECK_FALSE(has_schema(there, {"nonsense"}));
  CHECK_FALSE(has_schema("", {"L3:0=ff"}));
}

TEST_CASE("the file system is found where it is mounted") {
  CHECK(
      find_resctrl(
          "30 25 0:27 / /dev/shm rw - tmpfs tmpfs rw\n44 23 0:40 / /sys/fs/resctrl rw,nosuid - resctrl resctrl rw\n") ==
      "/sys/fs/resctrl");
  CHECK_FALSE(find_resctrl("30 25 0:27 / /resctrl rw - tmpfs resctrl rw\n"));
  CHECK_FALSE(find_resctrl(""));
}

TEST_CASE("a container is put into a group that is there, and into a monitoring group of its own") {
  test::TempDir mount;
  make_group(mount, "gold", "L3:0=00ff\n");
  REQUIRE(make_directories(mount.fd(), "gold/mon_groups", 0755).ok());
  auto group = ResctrlGroup::prepare(mount.path(), plan_resctrl(rdt("gold", {"L3:0=ff"}), "box").value());
  REQUIRE(group.ok());
  CHECK(group.value().add(42).ok());
  CHECK(content(mount, "gold/tasks") == "42");
  CHECK(content(mount, "gold/schemata") == "L3:0=00ff\n");
  CHECK(group.value().made().empty());
  oci::IntelRdt monitored = rdt("gold");
  monitored.enable_monitoring = true;
  auto watched = ResctrlGroup::prepare(mount.path(), plan_resctrl(monitored, "box").value());
  REQUIRE(watched.ok());
  CHECK(watched.value().made() == std::vector<std::string>{mount / "gold/mon_groups/box"});
  CHECK(remove_resctrl(watched.value().made()).ok());
  CHECK(remove_resctrl(watched.value().made()).ok());
  CHECK(list_directory(mount.fd(), "gold/mon_groups").value().empty());
}

TEST_CASE("a group that is missing or another is an error, and nothing is left") {
  test::TempDir mount;
  make_group(mount, "gold", "L3:0=00ff\n");
  auto missing = ResctrlGroup::prepare(mount.path(), plan_resctrl(rdt("silver"), "box").value());
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message == "/linux/intelRdt/closID: there is no group 'silver'");
  auto other = ResctrlGroup::prepare(mount.path(), plan_resctrl(rdt("gold", {"L3:0=1"}), "box").value());
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().kind == Kind::exists);
  // Here no kernel makes the file that the schema is written to.
  auto unwritten = ResctrlGroup::prepare(mount.path(), plan_resctrl(rdt("new", {"L3:0=1"}), "box").value());
  REQUIRE_FALSE(unwritten.ok());
  CHECK_FALSE(sys::exists(mount.fd(), "new"));
}
