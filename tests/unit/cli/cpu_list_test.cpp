#include "cli/cpu_list.h"

#include <doctest/doctest.h>

using aictr::cli::parse_cpu_list;

using Numbers = std::set<unsigned>;

TEST_CASE("a list of CPUs has numbers and ranges") {
  CHECK(parse_cpu_list("0") == Numbers{0});
  CHECK(parse_cpu_list("0-2,7") == Numbers{0, 1, 2, 7});
  CHECK(parse_cpu_list("3,1-1,1") == Numbers{1, 3});
}

TEST_CASE("what is no list of CPUs is not taken for one") {
  for (const char* bad : {"", "a", "1-", "-1", "2-1", "0,,1", "0-1-2", "0-4294967295", "99999999999", " 1", "1 "}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_cpu_list(bad).has_value());
  }
}
