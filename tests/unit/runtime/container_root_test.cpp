#include "runtime/container_root.h"

#include <doctest/doctest.h>

using namespace aictr::runtime;

TEST_CASE("mount points are the fifth word of each line, with what is escaped in them") {
  auto points = parse_mount_points(
      "1 0 0:5 / / rw - overlay overlay rw\n"
      "2 1 0:6 / /with\\040blank\\011tab rw shared:3 - tmpfs tmpfs rw\n"
      "3 1 0:6 / /back\\134slash rw - tmpfs tmpfs rw\n"
      "4 1 0:6 / /odd\\9 rw - tmpfs tmpfs rw\n"
      "cut short\n");
  CHECK(points == std::vector<std::string>{"/", "/with blank\ttab", "/back\\slash", "/odd\\9"});
  CHECK(parse_mount_points("").empty());
}
