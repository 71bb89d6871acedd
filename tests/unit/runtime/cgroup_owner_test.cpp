#include "runtime/cgroup_owner.h"

#include <linux/mount.h>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("an id inside is found outside, or nowhere") {
  const char* map = "         0     100000      65536\n     70000       5000          1\n";
  CHECK(id_outside(map, 0) == 100000);
  CHECK(id_outside(map, 65535) == 165535);
  CHECK_FALSE(id_outside(map, 65536));
  CHECK(id_outside(map, 70000) == 5000);
  CHECK(id_outside("0 0 4294967295\n", 1000) == 1000);
  CHECK_FALSE(id_outside("", 0));
  CHECK_FALSE(id_outside("0 0\nx y z\n", 0));
}

TEST_CASE("a container owns a cgroup of v2 that it sees alone and can write to") {
  CgroupHost host;
  host.v2_mount = "/sys/fs/cgroup";
  NamespacePlan own = NamespacePlan::make({{"cgroup", ""}}).value();
  std::vector<MountOp> mounts(2);
  mounts[1].what = MountOp::What::cgroup;
  CHECK(owns_cgroup(host, own, mounts));
  SUBCASE("not without a namespace of its own") {
    CHECK_FALSE(owns_cgroup(host, NamespacePlan::make({}).value(), mounts));
    CHECK_FALSE(owns_cgroup(host, NamespacePlan::make({{"cgroup", "/proc/1/ns/cgroup"}}).value(), mounts));
  }
  SUBCASE("not where it is mounted read-only, or not at all") {
    mounts[1].options.attributes.set = MOUNT_ATTR_RDONLY;
    CHECK_FALSE(owns_cgroup(host, own, mounts));
    mounts[1].options.attributes.set = 0;
    mounts[1].options.recursive_attributes.set = MOUNT_ATTR_RDONLY;
    CHECK_FALSE(owns_cgroup(host, own, mounts));
    CHECK_FALSE(owns_cgroup(host, own, {}));
  }
  SUBCASE("not with controllers on v1") {
    host.v1_mounts["memory"] = "/sys/fs/cgroup/memory";
    CHECK_FALSE(owns_cgroup(host, own, mounts));
  }
}
