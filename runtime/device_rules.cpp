#include "runtime/device_rules.h"

#include <linux/bpf.h>

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

namespace aictr::runtime {
namespace {

constexpr unsigned kRead = BPF_DEVCG_ACC_READ;
constexpr unsigned kWrite = BPF_DEVCG_ACC_WRITE;
constexpr unsigned kMknod = BPF_DEVCG_ACC_MKNOD;
constexpr unsigned kAll = kRead | kWrite | kMknod;

// The nodes that the runtime specification has in every container (config-linux.md, Default Devices), their terminals
// included.
const DeviceMatch kDefaults[] = {
    {true, 'c', std::nullopt, std::nullopt, kMknod},
    {true, 'b', std::nullopt, std::nullopt, kMknod},
    {true, 'c', 1, 3, kAll},               // /dev/null
    {true, 'c', 1, 5, kAll},               // /dev/zero
    {true, 'c', 1, 7, kAll},               // /dev/full
    {true, 'c', 1, 8, kAll},               // /dev/random
    {true, 'c', 1, 9, kAll},               // /dev/urandom
    {true, 'c', 5, 0, kAll},               // /dev/tty
    {true, 'c', 5, 1, kAll},               // /dev/console
    {true, 'c', 5, 2, kAll},               // /dev/ptmx
    {true, 'c', 136, std::nullopt, kAll},  // /dev/pts/*
};

std::optional<unsigned> parse_access(std::string_view letters) {
  unsigned access = 0;
  for (char letter : letters) {
    if (letter == 'r')
      access |= kRead;
    else if (letter == 'w')
      access |= kWrite;
    else if (letter == 'm')
      access |= kMknod;
    else
      return std::nullopt;
  }
  if (access == 0) return std::nullopt;
  return access;
}

std::string access_letters(unsigned access) {
  std::string letters;
  if ((access & kRead) != 0) letters += 'r';
  if ((access & kWrite) != 0) letters += 'w';
  if ((access & kMknod) != 0) letters += 'm';
  return letters;
}

// The largest number that the kernel's 32-bit dev_t has room for: 12 bits of major, 20 of minor.
constexpr std::int64_t kMaxMajor = (1 << 12) - 1;
constexpr std::int64_t kMaxMinor = (1 << 20) - 1;

Result<std::optional<std::uint32_t>> parse_device_number(std::optional<std::int64_t> number, std::int64_t largest) {
  if (!number || *number == -1) return std::optional<std::uint32_t>();
  if (*number < 0 || *number > largest)
    return make_error(Kind::usage, fmt::format("{} is no device number: must be from 0 to {}", *number, largest));
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(*number));
}

Result<void> add_rule(DevicePolicy& policy, const oci::DeviceRule& rule) {
  auto access = parse_access(rule.access);
  if (!access)
    return make_error(Kind::usage, fmt::format("access '{}' must be made of the letters r, w and m", rule.access));
  bool every_type = rule.type.empty() || rule.type == "a";
  if (!every_type && rule.type != "b" && rule.type != "c")
    return make_error(Kind::usage, fmt::format("type '{}' must be a, b or c", rule.type));
  DeviceMatch match;
  match.allow = rule.allow;
  match.access = *access;
  match.major = TRY(parse_device_number(rule.major, kMaxMajor));
  match.minor = TRY(parse_device_number(rule.minor, kMaxMinor));
  if (every_type && !match.major && !match.minor && match.access == kAll) {
    policy = {rule.allow, {}};  // nothing before it matters any more
    return {};
  }
  for (char type : {'b', 'c'}) {
    if (!every_type && rule.type[0] != type) continue;
    match.type = type;
    policy.rules.push_back(match);
  }
  return {};
}

bool same_devices(const DeviceMatch& a, const DeviceMatch& b) {
  return a.type == b.type && a.major == b.major && a.minor == b.minor;
}

bool may_overlap(const std::optional<std::uint32_t>& a, const std::optional<std::uint32_t>& b) {
  return !a || !b || *a == *b;
}

bool overlap(const DeviceMatch& a, const DeviceMatch& b) {
  return a.type == b.type && may_overlap(a.major, b.major) && may_overlap(a.minor, b.minor) &&
         (a.access & b.access) != 0;
}

std::string describe(const DeviceMatch& match) {
  auto number = [](const std::optional<std::uint32_t>& n) { return n ? std::to_string(*n) : std::string("*"); };
  return fmt::format("{} {}:{} {}", match.type, number(match.major), number(match.minor), access_letters(match.access));
}

}  // namespace

Result<std::optional<DevicePolicy>> plan_devices(const std::vector<oci::DeviceRule>& rules) {
  if (rules.empty()) return std::optional<DevicePolicy>();
  DevicePolicy policy;
  for (std::size_t i = 0; i < rules.size(); ++i)
    TRY_AS(fmt::format("/linux/resources/devices/{}", i), add_rule(policy, rules[i]));
  if (!policy.allows_everything()) policy.rules.insert(policy.rules.end(), std::begin(kDefaults), std::end(kDefaults));
  return std::optional<DevicePolicy>(std::move(policy));
}

Result<std::vector<CgroupWrite>> translate_devices_to_v1(const DevicePolicy& policy) {
  // Exceptions to the default, as the kernel's controller would hold them.
  std::vector<DeviceMatch> exceptions;
  for (const DeviceMatch& rule : policy.rules) {
    bool as_default = rule.allow == policy.otherwise;
    for (DeviceMatch& exception : exceptions) {
      if (!as_default || !overlap(exception, rule)) continue;
      if (!same_devices(exception, rule))
        return make_error(
            Kind::unsupported,
            fmt::format(
                "cannot {} '{}' after '{}' in /linux/resources/devices: devices.{} of cgroup v1 has no words for it",
                rule.allow ? "allow" : "deny", describe(rule), describe(exception), rule.allow ? "allow" : "deny"),
            "boot with cgroup_no_v1=devices on the kernel's command line, so that cgroup v2 filters devices");
      exception.access &= ~rule.access;
    }
    if (as_default) continue;
    auto same = [&](const DeviceMatch& exception) { return same_devices(exception, rule); };
    auto found = std::find_if(exceptions.begin(), exceptions.end(), same);
    if (found == exceptions.end())
      exceptions.push_back(rule);
    else
      found->access |= rule.access;
  }
  std::vector<CgroupWrite> writes = {{policy.otherwise ? "devices.allow" : "devices.deny", "a"}};
  for (const DeviceMatch& exception : exceptions) {
    if (exception.access != 0)
      writes.push_back({exception.allow ? "devices.allow" : "devices.deny", describe(exception)});
  }
  return writes;
}

}  // namespace aictr::runtime
