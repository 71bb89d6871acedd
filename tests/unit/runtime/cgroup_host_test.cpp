#include "runtime/cgroup_host.h"

#include <doctest/doctest.h>

using aictr::runtime::CgroupHost;

TEST_CASE("a host with every controller on v2") {
  CgroupHost host = CgroupHost::parse(
      "24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
      "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  CHECK(host.v2_mount == "/sys/fs/cgroup");
  CHECK(host.v1_mounts.empty());
}

TEST_CASE("a host with every controller on v1, cpu and cpuacct together") {
  CgroupHost host = CgroupHost::parse(
      "31 23 0:28 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755\n"
      "33 31 0:30 / /sys/fs/cgroup/systemd rw,nosuid shared:10 - cgroup cgroup rw,xattr,name=systemd\n"
      "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:13 - cgroup cgroup rw,cpu,cpuacct\n"
      "37 31 0:34 / /sys/fs/cgroup/memory rw,nosuid shared:14 - cgroup cgroup rw,memory\n");
  CHECK(host.v2_mount.empty());
  CHECK(host.v1_mounts.size() == 3);
  CHECK(host.v1_mounts["cpu"] == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(host.v1_mounts["cpuacct"] == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(host.v1_mounts["memory"] == "/sys/fs/cgroup/memory");
}

TEST_CASE("a host with some controllers on v1 and v2 beside them") {
  CgroupHost host = CgroupHost::parse(
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
      "33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct\n"
      "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
  CHECK(host.v2_mount == "/sys/fs/cgroup/unified");
  CHECK(host.v1_mounts.size() == 2);
  CHECK(host.v1_mounts["cpu"] == "/sys/fs/cgroup/cpu");
  CHECK(host.v1_mounts["cpuacct"] == "/sys/fs/cgroup/cpuacct");
}

TEST_CASE("a writable mount of a hierarchy wins over a read-only one") {
  CgroupHost host = CgroupHost::parse(
      "30 1 0:30 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n"
      "31 1 0:31 / /sys/fs/cgroup/pids ro,nosuid - cgroup cgroup rw,pids\n"
      "32 1 0:30 / /mnt/cgroup rw - cgroup2 cgroup rw\n"
      "33 1 0:30 / /mnt/other rw - cgroup2 cgroup rw\n");
  CHECK(host.v2_mount == "/mnt/cgroup");
  CHECK(host.v1_mounts["pids"] == "/sys/fs/cgroup/pids");  // the only one there is
}

TEST_CASE("a mount point with a blank is decoded") {
  CHECK(CgroupHost::parse("30 1 0:30 / /a\\040b\\134 rw - cgroup2 cgroup rw\n").v2_mount == "/a b\\");
  CHECK(CgroupHost::parse("30 1 0:30 / /a\\04 rw - cgroup2 cgroup rw\n").v2_mount == "/a\\04");
}

TEST_CASE("lines that are no mounts are passed over") {
  CgroupHost host = CgroupHost::parse("\n - cgroup2\n1 2 3 - cgroup2 x rw\n30 1 0:30 / /m rw - cgroup2\nrubbish");
  CHECK(host.v2_mount.empty());
  CHECK(host.v1_mounts.empty());
}

TEST_CASE("this host's own controllers are found") {
  auto host = CgroupHost::detect();
  REQUIRE(host.ok());
  if (!host.value().v2_mount.empty() && !host.value().v2_controllers.empty())
    CHECK(host.value().on_v2(host.value().v2_controllers.front()));
  CHECK_FALSE(host.value().on_v2("no such controller"));
}
