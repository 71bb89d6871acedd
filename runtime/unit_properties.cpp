#include "runtime/unit_properties.h"

#include <linux/bpf.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"
#include "runtime/property_text.h"

namespace aictr::runtime {
namespace {

constexpr std::uint64_t kInfinity = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kMostProcessors = 65536;
constexpr std::string_view kAnnotation = "org.systemd.property.";

// Files of cgroup v2 that hold one number, or "max", and the property that stands for it, with its least value.
struct Amount {
  std::string_view file;
  std::string_view property;
  std::uint64_t least;
};
constexpr Amount kAmounts[] = {
    {"memory.max", "MemoryMax", 1}, {"memory.high", "MemoryHigh", 1},        {"memory.low", "MemoryLow", 0},
    {"memory.min", "MemoryMin", 0}, {"memory.swap.max", "MemorySwapMax", 0}, {"pids.max", "TasksMax", 1},
    {"cpu.weight", "CPUWeight", 1},
};

struct Throttle {
  std::string_view key;
  std::string_view property;
};
constexpr Throttle kThrottles[] = {
    {"rbps", "IOReadBandwidthMax"},
    {"wbps", "IOWriteBandwidthMax"},
    {"riops", "IOReadIOPSMax"},
    {"wiops", "IOWriteIOPSMax"},
};

std::optional<std::uint64_t> parse_amount(std::string_view text) {
  if (text == "max") return kInfinity;
  return parse_number<std::uint64_t>(text);
}

// "0-3,8" as one bit a number.
std::optional<std::vector<std::uint8_t>> parse_mask(std::string_view list) {
  std::vector<std::uint8_t> mask;
  for (const std::string& range : split(list, ',')) {
    auto dash = range.find('-');
    auto first = parse_number<std::uint32_t>(std::string_view(range).substr(0, dash));
    auto last =
        dash == std::string::npos ? first : parse_number<std::uint32_t>(std::string_view(range).substr(dash + 1));
    if (!first || !last || *last < *first || *last > kMostProcessors) return std::nullopt;
    if (mask.size() < *last / 8U + 1) mask.resize(*last / 8U + 1);
    for (unsigned bit = *first; bit <= *last; ++bit)
      mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (1U << (bit % 8)));
  }
  return mask;
}

class LimitPlanner {
 public:
  Result<std::vector<UnitProperty>> plan(const std::vector<CgroupSetting>& settings) {
    for (const CgroupSetting& setting : settings) {
      for (const CgroupWrite& write : setting.v2) {
        if (!add(write))
          return make_error(Kind::usage,
                            fmt::format("{}: '{}' is no value for systemd", setting.json_path, write.value));
      }
    }
    return std::move(properties_);
  }

 private:
  bool add(const CgroupWrite& write) {
    const auto* amount = std::ranges::find(kAmounts, write.file, &Amount::file);
    if (amount != std::end(kAmounts)) return add_amount(*amount, write.value);
    if (write.file == "cpu.max") return add_bandwidth(words(write.value));
    if (write.file == "cpu.idle" && write.value == "1") return set("CPUWeight", std::uint64_t(0));
    if (write.file == "cpuset.cpus") return add_mask("AllowedCPUs", write.value);
    if (write.file == "cpuset.mems") return add_mask("AllowedMemoryNodes", write.value);
    if (write.file == "io.weight") return add_io_weight(words(write.value));
    if (write.file == "io.max") return add_throttles(words(write.value));
    return true;
  }

  bool set(std::string_view name, UnitProperty::Value value) {
    properties_.push_back({std::string(name), std::move(value)});
    return true;
  }

  bool add_amount(const Amount& amount, std::string_view text) {
    auto value = parse_amount(text);
    return value && set(amount.property, std::max(*value, amount.least));
  }

  // "quota period" in microseconds; systemd counts in hundredths of a processor, of which it takes whole ones only.
  bool add_bandwidth(const std::vector<std::string>& parts) {
    constexpr std::uint64_t kDefaultPeriod = 100'000;
    constexpr std::uint64_t kSecond = 1'000'000;
    constexpr std::uint64_t kHundredth = kSecond / 100;
    auto quota = parts.empty() ? std::nullopt : parse_amount(parts[0]);
    auto period = parts.size() < 2 ? std::optional(kDefaultPeriod) : parse_number<std::uint64_t>(parts[1]);
    if (!quota || !period || *period == 0) return false;
    if (parts.size() > 1 && *period != kDefaultPeriod) set("CPUQuotaPeriodUSec", *period);
    if (*quota == kInfinity) return set("CPUQuotaPerSecUSec", kInfinity);
    if (*quota > kInfinity / kSecond) return false;
    std::uint64_t per_second = *quota * kSecond / *period;
    return set("CPUQuotaPerSecUSec", (per_second + kHundredth - 1) / kHundredth * kHundredth);
  }

  bool add_mask(std::string_view name, std::string_view list) {
    auto mask = parse_mask(list);
    return mask && set(name, std::move(*mask));
  }

  // "default 100" or "8:0 100".
  bool add_io_weight(const std::vector<std::string>& parts) {
    auto weight = parts.empty() ? std::nullopt : parse_number<std::uint64_t>(parts.back());
    if (!weight) return false;
    if (parts.size() == 1 || parts[0] == "default") return set("IOWeight", *weight);
    return set("IODeviceWeight", UnitProperty::Amounts{{"/dev/block/" + parts[0], *weight}});
  }

  // "8:0 rbps=1048576 wiops=max"
  bool add_throttles(const std::vector<std::string>& parts) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      auto equals = parts[i].find('=');
      const auto* throttle =
          std::ranges::find(kThrottles, std::string_view(parts[i]).substr(0, equals), &Throttle::key);
      auto rate =
          equals == std::string::npos ? std::nullopt : parse_amount(std::string_view(parts[i]).substr(equals + 1));
      if (throttle == std::end(kThrottles) || !rate) return false;
      set(throttle->property, UnitProperty::Amounts{{"/dev/block/" + parts[0], *rate}});
    }
    return true;
  }

  std::vector<UnitProperty> properties_;
};

// The name of a major number in /proc/devices, which every version of systemd takes; newer ones take the number too.
std::string driver_of(char type, std::uint32_t major, std::string_view known_devices) {
  char section = 0;
  for (const std::string& line : split(known_devices, '\n')) {
    if (line.starts_with("Character")) section = 'c';
    if (line.starts_with("Block")) section = 'b';
    std::vector<std::string> parts = words(line);
    if (section == type && parts.size() == 2 && parse_number<std::uint32_t>(parts[0]) == major) return parts[1];
  }
  return std::to_string(major);
}

// Nothing: systemd has no name for it.
std::optional<std::string> device_name(const DeviceMatch& match, std::string_view known_devices) {
  std::string_view kind = match.type == 'b' ? "block" : "char";
  if (match.major && match.minor) return fmt::format("/dev/{}/{}:{}", kind, *match.major, *match.minor);
  if (match.minor) return std::nullopt;
  if (!match.major) return fmt::format("{}-*", kind);
  return fmt::format("{}-{}", kind, driver_of(match.type, *match.major, known_devices));
}

std::string access_letters(unsigned access) {
  std::string letters;
  if ((access & BPF_DEVCG_ACC_READ) != 0) letters += 'r';
  if ((access & BPF_DEVCG_ACC_WRITE) != 0) letters += 'w';
  if ((access & BPF_DEVCG_ACC_MKNOD) != 0) letters += 'm';
  return letters;
}

Result<std::uint64_t> microseconds(const UnitProperty::Value& seconds) {
  double value = -1;
  if (const auto* whole = std::get_if<std::int32_t>(&seconds)) value = *whole;
  if (const auto* whole = std::get_if<std::int64_t>(&seconds)) value = static_cast<double>(*whole);
  if (const auto* whole = std::get_if<std::uint32_t>(&seconds)) value = *whole;
  if (const auto* whole = std::get_if<std::uint64_t>(&seconds)) value = static_cast<double>(*whole);
  if (const auto* part = std::get_if<double>(&seconds)) value = *part;
  if (!(value >= 0) || value > 1e12) return make_error(Kind::usage, "is no number of seconds");
  return static_cast<std::uint64_t>(value * 1e6);
}

bool is_time(std::string_view name) {
  return name.size() > 3 && name.ends_with("Sec") && !name.ends_with("USec");
}

Result<UnitProperty> plan_annotation(const std::string& name, const std::string& text) {
  auto is_letter = [](unsigned char byte) { return std::isalpha(byte) != 0; };
  if (name.empty() || !std::ranges::all_of(name, is_letter))
    return make_error(Kind::usage, "names no property of a unit: letters only");
  UnitProperty::Value value = TRY(parse_property_value(text));
  if (!is_time(name)) return UnitProperty{name, std::move(value)};
  std::uint64_t time = TRY(microseconds(value));
  return UnitProperty{name.substr(0, name.size() - 3) + "USec", time};
}

}  // namespace

Result<std::vector<UnitProperty>> plan_unit_limits(const std::vector<CgroupSetting>& settings) {
  return LimitPlanner().plan(settings);
}

std::vector<UnitProperty> plan_unit_devices(const DevicePolicy& policy, std::string_view known_devices) {
  std::vector<UnitProperty> open = {{"DevicePolicy", std::string("auto")}, {"DeviceAllow", UnitProperty::Pairs()}};
  if (policy.otherwise) return open;
  UnitProperty::Pairs allowed;
  for (const DeviceMatch& match : policy.rules) {
    if (!match.allow) continue;  // the filter of our own takes it back
    auto name = device_name(match, known_devices);
    if (!name) return open;
    allowed.emplace_back(*name, access_letters(match.access));
  }
  // An empty list first takes back what an earlier one allowed.
  return {{"DevicePolicy", std::string("strict")},
          {"DeviceAllow", UnitProperty::Pairs()},
          {"DeviceAllow", std::move(allowed)}};
}

Result<std::vector<UnitProperty>> plan_unit_annotations(const std::map<std::string, std::string>& annotations) {
  std::vector<UnitProperty> properties;
  for (const auto& [key, text] : annotations) {
    if (!key.starts_with(kAnnotation)) continue;
    properties.push_back(TRY_AS("/annotations/" + key, plan_annotation(key.substr(kAnnotation.size()), text)));
  }
  return properties;
}

}  // namespace aictr::runtime
