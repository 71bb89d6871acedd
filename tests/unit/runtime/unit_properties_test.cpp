#include "runtime/unit_properties.h"

#include <limits>

#include <doctest/doctest.h>

#include "runtime/property_text.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

using Value = UnitProperty::Value;
constexpr std::uint64_t kInfinity = std::numeric_limits<std::uint64_t>::max();

std::vector<UnitProperty> limits(const std::string& json) {
  auto resources = oci::parse_resources(json);
  REQUIRE(resources.ok());
  auto settings = plan_cgroup(resources.value());
  REQUIRE(settings.ok());
  auto properties = plan_unit_limits(settings.value());
  REQUIRE_MESSAGE(properties.ok(), properties.error().message);
  return properties.value();
}

// The value of the one property that is to be there.
template <class T>
T only(const std::vector<UnitProperty>& properties, const std::string& name) {
  REQUIRE(properties.size() == 1);
  CHECK(properties[0].name == name);
  REQUIRE(std::holds_alternative<T>(properties[0].value));
  return std::get<T>(properties[0].value);
}

std::uint64_t number(const std::vector<UnitProperty>& properties, const std::string& name) {
  return only<std::uint64_t>(properties, name);
}

DevicePolicy policy(std::vector<DeviceMatch> rules, bool otherwise = false) {
  return {otherwise, std::move(rules)};
}

constexpr std::string_view kDevices =
    "Character devices:\n  1 mem\n 10 misc\n136 pts\n\nBlock devices:\n  1 ramdisk\n  8 sd\n";

}  // namespace

TEST_CASE("limits of memory and processes are numbers, none is infinity") {
  CHECK(number(limits(R"({"memory": {"limit": 4096}})"), "MemoryMax") == 4096);
  CHECK(number(limits(R"({"memory": {"reservation": 4096}})"), "MemoryLow") == 4096);
  CHECK(number(limits(R"({"pids": {"limit": -1}})"), "TasksMax") == kInfinity);
  CHECK(number(limits(R"({"pids": {"limit": 0}})"), "TasksMax") == 1);  // systemd has no zero
  auto both = limits(R"({"memory": {"limit": 4096, "swap": 12288}})");
  REQUIRE(both.size() == 2);
  CHECK(both[1].name == "MemorySwapMax");
  CHECK(std::get<std::uint64_t>(both[1].value) == 8192);
}

TEST_CASE("a quota is time in each second, rounded up to whole hundredths") {
  CHECK(number(limits(R"({"cpu": {"quota": 25500, "period": 100000}})"), "CPUQuotaPerSecUSec") == 260'000);
  CHECK(number(limits(R"({"cpu": {"quota": -1}})"), "CPUQuotaPerSecUSec") == kInfinity);
  auto other = limits(R"({"cpu": {"quota": 5000, "period": 10000}})");
  REQUIRE(other.size() == 2);
  CHECK(other[0].name == "CPUQuotaPeriodUSec");
  CHECK(std::get<std::uint64_t>(other[0].value) == 10'000);
  CHECK(std::get<std::uint64_t>(other[1].value) == 500'000);
  CHECK(number(limits(R"({"cpu": {"shares": 1024}})"), "CPUWeight") == 100);
  CHECK(number(limits(R"({"cpu": {"idle": 1}})"), "CPUWeight") == 0);
  CHECK(limits(R"({"cpu": {"idle": 0}})").empty());
}

TEST_CASE("a set of processors is a mask of bits") {
  using Mask = std::vector<std::uint8_t>;
  CHECK(only<Mask>(limits(R"({"cpu": {"cpus": "0-2,9"}})"), "AllowedCPUs") == Mask{7, 2});
  CHECK(only<Mask>(limits(R"({"cpu": {"mems": "1"}})"), "AllowedMemoryNodes") == Mask{2});
  for (const char* list : {"0-", "a", "3-1", "4294967295", "1,,2"}) {
    auto properties = plan_unit_limits({{"cpuset", "/linux/resources/cpu/cpus", {{"cpuset.cpus", list}}, {}}});
    CAPTURE(list);
    REQUIRE_FALSE(properties.ok());
    CHECK(properties.error().message.find("/linux/resources/cpu/cpus") == 0);
  }
}

TEST_CASE("limits of block devices name the device by its numbers") {
  using Amounts = UnitProperty::Amounts;
  CHECK(number(limits(R"({"blockIO": {"weight": 1000}})"), "IOWeight") == 10000);
  auto weight = limits(R"({"blockIO": {"weightDevice": [{"major": 8, "minor": 0, "weight": 10}]}})");
  CHECK(only<Amounts>(weight, "IODeviceWeight") == Amounts{{"/dev/block/8:0", 1}});
  auto rate = limits(R"({"blockIO": {"throttleWriteIOPSDevice": [{"major": 8, "minor": 16, "rate": 50}]}})");
  CHECK(only<Amounts>(rate, "IOWriteIOPSMax") == Amounts{{"/dev/block/8:16", 50}});
  auto none = limits(R"({"blockIO": {"throttleReadBpsDevice": [{"major": 8, "minor": 16, "rate": 0}]}})");
  CHECK(only<Amounts>(none, "IOReadBandwidthMax") == Amounts{{"/dev/block/8:16", kInfinity}});
}

TEST_CASE("unified keys that systemd has a property for are told to it, others are left to their file") {
  CHECK(number(limits(R"({"unified": {"memory.high": "4096"}})"), "MemoryHigh") == 4096);
  CHECK(number(limits(R"({"unified": {"memory.max": "max"}})"), "MemoryMax") == kInfinity);
  CHECK(limits(R"({"unified": {"hugetlb.2MB.max": "0"}})").empty());
}

TEST_CASE("a list of allowed devices is one for systemd, by the names of drivers") {
  using Pairs = UnitProperty::Pairs;
  auto properties = plan_unit_devices(
      policy({{true, 'c', 10, {}, 2}, {true, 'c', 1, 3, 6}, {true, 'b', 7, {}, 1}, {true, 'b', {}, {}, 1}}), kDevices);
  REQUIRE(properties.size() == 3);
  CHECK(std::get<std::string>(properties[0].value) == "strict");
  CHECK(std::get<Pairs>(properties[1].value).empty());
  CHECK(std::get<Pairs>(properties[2].value) ==
        Pairs{{"char-misc", "r"}, {"/dev/char/1:3", "rw"}, {"block-7", "m"}, {"block-*", "m"}});
}

TEST_CASE("what is denied within a list is left to our own filter, and what systemd cannot say too") {
  CHECK(plan_unit_devices(policy({{true, 'c', 10, {}, 6}, {false, 'c', 10, 200, 6}}), kDevices).size() == 3);
  for (const DevicePolicy& open : {policy({{false, 'c', 1, 1, 6}}, true), policy({{true, 'c', {}, 3, 6}})}) {
    auto properties = plan_unit_devices(open, kDevices);
    REQUIRE(properties.size() == 2);
    CHECK(std::get<std::string>(properties[0].value) == "auto");
  }
}

TEST_CASE("annotations set properties, times in seconds as microseconds") {
  auto properties = plan_unit_annotations({{"org.systemd.property.CollectMode", "'inactive-or-failed'"},
                                           {"org.systemd.property.TimeoutStopSec", "1.5"},
                                           {"org.systemd.property.TimeoutStopUSec", "uint64 7"},
                                           {"other", "x"}});
  REQUIRE(properties.ok());
  REQUIRE(properties.value().size() == 3);
  CHECK(properties.value()[0].value == Value(std::string("inactive-or-failed")));
  CHECK(properties.value()[1].name == "TimeoutStopUSec");
  CHECK(properties.value()[1].value == Value(std::uint64_t(1'500'000)));
  CHECK(properties.value()[2].value == Value(std::uint64_t(7)));
  for (const auto& pair : std::map<std::string, std::string>{{"Bad-Name", "true"},
                                                             {"", "true"},
                                                             {"TimeoutSec", "'5'"},
                                                             {"WatchdogSec", "-1"},
                                                             {"CPUWeight", "uint64 -1"}}) {
    CAPTURE(pair.first);
    CHECK_FALSE(plan_unit_annotations({{"org.systemd.property." + pair.first, pair.second}}).ok());
  }
}

TEST_CASE("a value is read as GVariant writes it") {
  CHECK(parse_property_value(" true ").value() == Value(true));
  CHECK(parse_property_value("-5").value() == Value(std::int32_t(-5)));
  CHECK(parse_property_value("int64 5").value() == Value(std::int64_t(5)));
  CHECK(parse_property_value("0.25").value() == Value(0.25));
  CHECK(parse_property_value("\"it's\"").value() == Value(std::string("it's")));
  CHECK(parse_property_value(R"('it\'s')").value() == Value(std::string("it's")));
  CHECK(parse_property_value("['a' , 'b']").value() == Value(std::vector<std::string>{"a", "b"}));
  CHECK(parse_property_value("[]").value() == Value(std::vector<std::string>{}));
  for (const char* text : {"", "yes", "'open", "['a'", "['a' 'b']", "uint32 -1", "uint64 99999999999999999999",
                           "@as []", "5000000000", "'a' b"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_property_value(text).ok());
  }
}

TEST_CASE("properties are written as names with typed values") {
  DbusWriter writer;
  write_properties(writer, {{"Slice", std::string("a.slice")}, {"PIDs", std::vector<std::uint32_t>{7}}});
  DbusReader reader(writer.bytes());
  reader.u32();
  reader.structure();
  CHECK(reader.string() == "Slice");
  CHECK(reader.signature() == "s");
  CHECK(reader.string() == "a.slice");
  reader.structure();
  CHECK(reader.string() == "PIDs");
  CHECK(reader.signature() == "au");
  CHECK(reader.u32() == 4);
  CHECK(reader.u32() == 7);
  CHECK(reader.ok());
}
