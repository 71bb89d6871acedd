#include "oci/container_stats.h"

#include <limits>

#include <doctest/doctest.h>

#include "oci/json.h"

using namespace aictr;
using namespace aictr::oci;

TEST_CASE("statistics are one line in the shape that containerd reads") {
  ContainerStats stats;
  stats.cpu.usage = {100, {60, 40}, 30, 70};
  stats.cpu.throttling = {5, 4, 3};
  stats.memory.usage = {std::numeric_limits<std::uint64_t>::max(), 7, 8, 9};
  stats.memory.raw["anon"] = 6;
  stats.pids = {2, 10};
  stats.io.bytes = {{8, 0, "Read", 512}};
  stats.hugepages["2MB"] = {1, 2, 3};
  std::string line = print_stats_event("id", stats);
  CHECK(line.ends_with("}\n"));
  CHECK(line.starts_with(
      "{\"type\":\"stats\",\"id\":\"id\",\"data\":{\"cpu\":{\"usage\":{\"total\":100,\"percpu\":[60,40],"
      "\"kernel\":30,\"user\":70},\"throttling\":{\"periods\":5,\"throttledPeriods\":4,"
      "\"throttledTime\":3}}"));
  for (const char* part : {"\"usage\":{\"limit\":18446744073709551615,\"usage\":7,\"max\":8,\"failcnt\":9}",
                           "\"raw\":{\"anon\":6}", "\"pids\":{\"current\":2,\"limit\":10}",
                           "\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":512}]",
                           "\"hugetlb\":{\"2MB\":{\"usage\":1,\"max\":2,\"failcnt\":3}}", "\"intel_rdt\":{}"}) {
    CAPTURE(std::string(part));
    CHECK(line.find(part) != std::string::npos);
  }
  CHECK(parse_json(line).ok());
}

TEST_CASE("that the kernel killed for memory is an event without data") {
  CHECK(print_oom_event("id") == "{\"type\":\"oom\",\"id\":\"id\"}\n");
}
