#include "cli/container_usage.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

namespace {

UsageSample sample(int milliseconds, std::uint64_t cpu_nanoseconds) {
  UsageSample made;
  made.when += std::chrono::milliseconds(milliseconds);
  made.stats.cpu.usage.total = cpu_nanoseconds;
  return made;
}

}  // namespace

TEST_CASE("CPU is the time used of the time passed, of one processor") {
  CHECK(usage_between(sample(0, 0), sample(1000, 1'500'000'000), 0).cpu_percent == doctest::Approx(150));
  CHECK(usage_between(sample(0, 500), sample(500, 500), 0).cpu_percent == 0);
  CHECK(usage_between(sample(0, 7), sample(0, 7), 0).cpu_percent == 0);
  CHECK(usage_between(sample(0, 9), sample(1000, 1), 0).cpu_percent == 0);  // started again in between
}

TEST_CASE("memory is without the cache that goes first, against the limit or the machine's memory") {
  UsageSample now = sample(1000, 0);
  now.stats.memory.usage = {UINT64_MAX, 300, 0, 0};
  now.stats.memory.raw = {{"inactive_file", 100}};
  Usage usage = usage_between(sample(0, 0), now, 1000);
  CHECK(usage.memory == 200);
  CHECK(usage.memory_max == 1000);
  CHECK(usage.memory_percent == doctest::Approx(20));

  now.stats.memory.usage.limit = 400;
  CHECK(usage_between(sample(0, 0), now, 1000).memory_percent == doctest::Approx(50));

  now.stats.memory.raw = {{"inactive_file", 0}, {"total_inactive_file", 400}};  // v1
  CHECK(usage_between(sample(0, 0), now, 1000).memory == 0);

  now.stats.memory = {};  // nobody counts
  CHECK(usage_between(sample(0, 0), now, 1000).memory_max == 1000);
  CHECK(usage_between(sample(0, 0), now, 0).memory_percent == 0);
}

TEST_CASE("reads and writes of all devices are summed") {
  UsageSample now = sample(0, 0);
  now.stats.io.bytes = {{8, 0, "Read", 5}, {8, 0, "Write", 7}, {9, 0, "Read", 1}, {9, 0, "Total", 99}};
  Usage usage = usage_between(now, now, 0);
  CHECK(usage.bytes_read == 6);
  CHECK(usage.bytes_written == 7);
}

TEST_CASE("traffic is that of all interfaces but the loopback") {
  NetworkCounters sum = count_network(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls\n"
      "    lo:    9000     9    0    0    0     0          0         0     9000      9    0    0    0     0\n"
      "  eth0:    1296    16    0    0    0     0          0         0      816     10    0    0    0     0\n"
      "eth0:1: 4 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n"
      "broken: 1 2\n");
  CHECK(sum.received == 1300);
  CHECK(sum.sent == 821);
  CHECK(count_network("").received == 0);
}

TEST_CASE("sizes of memory have four significant digits") {
  CHECK(memory_size(0) == "0B");
  CHECK(memory_size(1023) == "1023B");
  CHECK(memory_size(648 * 1024) == "648KiB");
  CHECK(memory_size(25275498905) == "23.54GiB");
  CHECK(memory_size(UINT64_MAX) == "16EiB");
}
