#include "runtime/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/core.h>

#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

// By number (linux/capability.h); the last is of Linux 5.9.
constexpr std::array<std::string_view, 41> kCapabilities = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

struct LimitName {
  std::string_view name;
  int resource;
};
constexpr LimitName kLimits[] = {
    {"RLIMIT_AS", RLIMIT_AS},           {"RLIMIT_CORE", RLIMIT_CORE},         {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},       {"RLIMIT_FSIZE", RLIMIT_FSIZE},       {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK}, {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE}, {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},   {"RLIMIT_NPROC", RLIMIT_NPROC},       {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},   {"RLIMIT_RTTIME", RLIMIT_RTTIME},     {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};

std::uint64_t mask_of(const std::vector<std::string>& names) {
  std::uint64_t mask = 0;
  for (const std::string& name : names) {
    auto found = std::find(kCapabilities.begin(), kCapabilities.end(), name);
    if (found != kCapabilities.end()) mask |= std::uint64_t{1} << (found - kCapabilities.begin());
  }
  return mask;
}

std::string names_of(std::uint64_t mask) {
  std::string names;
  for (unsigned number = 0; number < 64; ++number) {
    if ((mask >> number & 1) == 0) continue;
    if (!names.empty()) names += ", ";
    names += number < kCapabilities.size() ? std::string(kCapabilities[number]) : fmt::format("capability {}", number);
  }
  return names;
}

bool kernel_has(unsigned capability) {
  return sys::prctl(PR_CAPBSET_READ, capability).ok();
}

// A kernel newer than this program has capabilities beyond the table; they are dropped like the others.
constexpr unsigned kHighestPossible = 63;

Result<void> raise_ambient(std::uint64_t mask) {
  TRY(sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL));
  for (unsigned number = 0; number <= kHighestPossible; ++number) {
    if ((mask >> number & 1) != 0) TRY(sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number));
  }
  return {};
}

const LimitName* find_limit(std::string_view name) {
  auto found = std::find_if(std::begin(kLimits), std::end(kLimits), [&](auto& known) { return known.name == name; });
  return found == std::end(kLimits) ? nullptr : found;
}

}  // namespace

CapabilityMasks capability_masks(const oci::Capabilities& sets) {
  CapabilityMasks masks;
  masks.bounding = mask_of(sets.bounding);
  masks.effective = mask_of(sets.effective);
  masks.inheritable = mask_of(sets.inheritable);
  masks.permitted = mask_of(sets.permitted);
  masks.ambient = mask_of(sets.ambient);
  return masks;
}

std::vector<std::string> unknown_capabilities(const oci::Capabilities& sets) {
  std::set<std::string> unknown;
  for (const auto* names : {&sets.bounding, &sets.effective, &sets.inheritable, &sets.permitted, &sets.ambient}) {
    for (const std::string& name : *names) {
      if (!is_capability(name)) unknown.insert(name);
    }
  }
  return {unknown.begin(), unknown.end()};
}

bool is_capability(std::string_view name) {
  return std::find(kCapabilities.begin(), kCapabilities.end(), name) != kCapabilities.end();
}

std::vector<std::string> capability_names() {
  std::size_t count = kCapabilities.size();
  while (count > 0 && !kernel_has(static_cast<unsigned>(count - 1))) --count;
  return {kCapabilities.begin(), kCapabilities.begin() + static_cast<std::ptrdiff_t>(count)};
}

Result<std::uint64_t> grantable_capabilities() {
  sys::CapabilitySets own = TRY(sys::capget());
  std::uint64_t mask = own.permitted;
  for (unsigned number = 0; number <= kHighestPossible; ++number) {
    if ((mask >> number & 1) == 0) continue;
    if (!TRY(sys::in_bounding_set(number))) mask &= ~(std::uint64_t{1} << number);
  }
  return mask;
}

Result<void> drop_bounding(const CapabilityMasks& masks) {
  for (unsigned number = 0; number <= kHighestPossible; ++number) {
    if ((masks.bounding >> number & 1) != 0) continue;
    auto dropped = sys::prctl(PR_CAPBSET_DROP, number);
    if (dropped.ok()) continue;
    if (dropped.error().code == EINVAL) break;  // past the last one of this kernel
    return std::move(dropped).error().context(
        fmt::format("drop {} from the bounding set", names_of(std::uint64_t{1} << number)));
  }
  return {};
}

Result<void> keep_capabilities() {
  TRY_AS("keep capabilities over the change of user", sys::prctl(PR_SET_KEEPCAPS, 1));
  return {};
}

Result<void> apply_capabilities(const CapabilityMasks& masks) {
  sys::CapabilitySets own = TRY(sys::capget());
  std::uint64_t missing = (masks.permitted | masks.effective) & ~own.permitted;
  if (missing != 0)
    return make_error(Kind::denied,
                      fmt::format("cannot give the container {}: aictr does not have it itself", names_of(missing)),
                      "leave it out, or run aictr with it");
  if ((masks.effective & ~masks.permitted) != 0)
    return make_error(Kind::usage, fmt::format("/process/capabilities/effective: {} is not in the permitted set",
                                               names_of(masks.effective & ~masks.permitted)));
  TRY(sys::capset({masks.effective, masks.permitted, masks.inheritable}));
  TRY(sys::prctl(PR_SET_KEEPCAPS, 0));
  TRY_AS("set ambient capabilities", raise_ambient(masks.ambient & masks.permitted & masks.inheritable));
  return {};
}

Result<std::vector<ResourceLimit>> plan_rlimits(const std::vector<oci::Rlimit>& limits) {
  std::vector<ResourceLimit> plan;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const oci::Rlimit& wanted = limits[i];
    auto fail = [&](std::string_view reason) {
      return make_error(Kind::usage, fmt::format("/process/rlimits/{}: '{}' {}", i, wanted.type, reason));
    };
    const LimitName* known = find_limit(wanted.type);
    if (known == nullptr) return fail("is not a resource limit");
    auto same = [&](const ResourceLimit& other) { return other.resource == known->resource; };
    if (std::any_of(plan.begin(), plan.end(), same)) return fail("is given twice");
    if (wanted.soft > wanted.hard)
      return fail(fmt::format("has a soft limit of {} above the hard limit of {}", wanted.soft, wanted.hard));
    plan.push_back({known->resource, wanted.type, {wanted.soft, wanted.hard}});
  }
  return plan;
}

Result<void> apply_rlimits(const std::vector<ResourceLimit>& limits) {
  for (const ResourceLimit& wanted : limits) {
    auto set = sys::setrlimit(wanted.resource, wanted.limit);
    if (set.ok()) continue;
    Error error = std::move(set).error().context(
        fmt::format("set {} to {}:{}", wanted.name, wanted.limit.rlim_cur, wanted.limit.rlim_max));
    if (error.code != EPERM) return error;
    rlimit own = TRY(sys::getrlimit(wanted.resource));
    return std::move(error).with_hint(
        fmt::format("the hard limit here is {} and only CAP_SYS_RESOURCE may raise it", own.rlim_max));
  }
  return {};
}

}  // namespace aictr::runtime
