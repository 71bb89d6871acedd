#include "cli/process_table.h"

#include <doctest/doctest.h>

using namespace aictr::cli;

TEST_CASE("a line of ps has as many cells as its title, the last with its blanks") {
  ProcessTable table = cells_of({"UID   PID CMD", "root   12 sh -c sleep 3", "root    9", "x 1 a"});
  REQUIRE(table.size() == 4);
  CHECK(table[0] == std::vector<std::string>{"UID", "PID", "CMD"});
  CHECK(table[1] == std::vector<std::string>{"root", "12", "sh -c sleep 3"});
  CHECK(table[2] == std::vector<std::string>{"root", "9"});
  CHECK(table[3] == std::vector<std::string>{"x", "1", "a"});
  CHECK(cells_of({}).empty());
}
