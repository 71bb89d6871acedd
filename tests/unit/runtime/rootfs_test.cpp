#include "runtime/rootfs.h"

#include <doctest/doctest.h>

using namespace aictr::runtime;

TEST_CASE("a whole procfs or sysfs outside of the root is found, a part of one or the container's own is not") {
  const char* mountinfo =
      "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
      "23 27 0:22 / /sys rw,relatime shared:1 - sysfs sysfs rw\n"
      "24 22 0:21 /sys /proc/sys ro,relatime - proc proc rw\n"
      "25 27 0:5 / /dev rw - devtmpfs udev rw\n"
      "26 27 0:21 / /bundle/rootfs/proc rw - proc proc rw\n"
      "27 27 0:21 / /bundle/rootfs2/proc rw - proc proc rw\n"
      "broken\n";
  CHECK(full_views_of_kernel(mountinfo, "/bundle/rootfs") ==
        std::vector<std::string>{"/proc", "/sys", "/bundle/rootfs2/proc"});
  CHECK(full_views_of_kernel("", "/x").empty());
}
