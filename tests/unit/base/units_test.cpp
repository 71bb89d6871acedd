#include "base/units.h"

#include <limits>

#include <doctest/doctest.h>

using namespace aictr;
using namespace std::chrono_literals;
using Time = std::chrono::system_clock::time_point;

TEST_CASE("sizes are read as Docker reads them") {
  CHECK(parse_bytes("0").value() == 0);
  CHECK(parse_bytes("1048576").value() == 1048576);
  CHECK(parse_bytes("512m").value() == 512LL << 20);
  CHECK(parse_bytes("512M").value() == 512LL << 20);
  CHECK(parse_bytes("64KiB").value() == 64 << 10);
  CHECK(parse_bytes("64kb").value() == 64 << 10);
  CHECK(parse_bytes("1.5g").value() == 3LL << 29);
  CHECK(parse_bytes("2t").value() == 2LL << 40);
  CHECK(parse_bytes("7b").value() == 7);
  CHECK(parse_bytes("7 m").value() == 7 << 20);
}

TEST_CASE("a whole number of bytes is exact to the last one") {
  CHECK(parse_bytes("9007199254740993").value() == 9007199254740993);
  CHECK(parse_bytes("9223372036854775807").value() == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("what is no size is refused, with a hint") {
  for (const std::string bad : {"", "m", "-1", "+1", "1x", "1mm", "1.2.3", ".", "1e3", "0x10", "1m1",
                                "9223372036854775808", "10000000000g", "1ib", "1bb"}) {
    CAPTURE(bad);
    auto size = parse_bytes(bad);
    REQUIRE_FALSE(size.ok());
    CHECK(size.error().kind == Kind::usage);
  }
  CHECK(parse_bytes("lots").error().message == "'lots' is not a size");
  CHECK(parse_bytes("lots").error().hint == "write a number and b, k, m, g or t: 512m");
}

TEST_CASE("durations are read as Go writes them") {
  CHECK(parse_duration("0").value() == 0ns);
  CHECK(parse_duration("1m30s").value() == 90s);
  CHECK(parse_duration("100ms").value() == 100ms);
  CHECK(parse_duration("1.5h").value() == 90min);
  CHECK(parse_duration("3us7ns").value() == 3007ns);
  for (const std::string bad : {"", "5", "s", "-1s", "1m30", "1d", "1 s", "1000000h1000000h1000000h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad).ok());
  }
}

TEST_CASE("limits are shown in powers of 1024, columns in powers of 1000") {
  CHECK(binary_size(0) == "0 B");
  CHECK(binary_size(1023) == "1023 B");
  CHECK(binary_size(512U << 20) == "512 MiB");
  CHECK(binary_size(3ULL << 29) == "1.5 GiB");
  CHECK(decimal_size(0) == "0B");
  CHECK(decimal_size(999) == "999B");
  CHECK(decimal_size(1500) == "1.5kB");
  CHECK(decimal_size(152345678) == "152MB");
  CHECK(decimal_size(std::numeric_limits<std::uint64_t>::max()) == "18447PB");
}

TEST_CASE("a size that rounds up to the next unit is shown in it") {
  CHECK(decimal_size(999'499) == "999kB");
  CHECK(decimal_size(999'500) == "1MB");
  CHECK(decimal_size(9'999) == "10kB");
  CHECK(decimal_size(99'960) == "100kB");
  CHECK(binary_size((1U << 20) - 1) == "1 MiB");
}

TEST_CASE("ages are told in Docker's words") {
  CHECK(ago(0s) == "Less than a second ago");
  CHECK(ago(-5s) == "Less than a second ago");
  CHECK(ago(1s) == "1 second ago");
  CHECK(ago(59s) == "59 seconds ago");
  CHECK(ago(60s) == "About a minute ago");
  CHECK(ago(119s) == "About a minute ago");
  CHECK(ago(120s) == "2 minutes ago");
  CHECK(ago(59min) == "59 minutes ago");
  CHECK(ago(60min) == "About an hour ago");
  CHECK(ago(89min) == "About an hour ago");
  CHECK(ago(90min) == "2 hours ago");
  CHECK(ago(47h) == "47 hours ago");
  CHECK(ago(47h + 40min) == "2 days ago");
  CHECK(ago(24h * 13) == "13 days ago");
  CHECK(ago(24h * 14) == "2 weeks ago");
  CHECK(ago(24h * 60) == "2 months ago");
  CHECK(ago(24h * 730) == "2 years ago");
}

TEST_CASE("times are written in UTC with the digits they need") {
  CHECK(rfc3339(Time(0s)) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339(Time(1795341600s + 123456789ns)) == "2026-11-22T10:00:00.123456789Z");
  CHECK(rfc3339(Time(1795341600s + 500ms)) == "2026-11-22T10:00:00.5Z");
  CHECK(rfc3339(Time(-1s + 250ms)) == "1969-12-31T23:59:59.25Z");
}

TEST_CASE("times are read with fractions and offsets") {
  auto base = Time(1795341600s);
  CHECK(parse_rfc3339("2026-11-22T10:00:00Z").value() == base);
  CHECK(parse_rfc3339("2026-11-22t10:00:00z").value() == base);
  CHECK(parse_rfc3339("2026-11-22T12:30:00+02:30").value() == base);
  CHECK(parse_rfc3339("2026-11-22T02:00:00-08:00").value() == base);
  CHECK(parse_rfc3339("2026-11-22T10:00:00.000000001Z").value() == base + 1ns);
  CHECK(parse_rfc3339("2026-11-22T10:00:00.1234567899999Z").value() == base + 123456789ns);
  CHECK(parse_rfc3339("1969-12-31T23:59:59.25Z").value() == Time(-750ms));
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z").ok());
}

TEST_CASE("every time that is written can be read") {
  for (auto time : {Time(0s), Time(1795341600s + 123456789ns), Time(-1ns), Time(4102444800s)}) {
    CHECK(parse_rfc3339(rfc3339(time)).value() == time);
  }
}

TEST_CASE("what is no time, or is out of the clock's reach, is refused") {
  for (const std::string bad :
       {"", "now", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00+0100", "2026-11-22T10:00:00+-1:00", "2026-1-2T10:00:00Z", " 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00Zx", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "+026-11-22T10:00:00Z"}) {
    CAPTURE(bad);
    auto time = parse_rfc3339(bad);
    REQUIRE_FALSE(time.ok());
    CHECK(time.error().kind == Kind::corrupt);
  }
}
