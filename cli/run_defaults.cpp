#include "cli/run_defaults.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/cpu_list.h"
#include "hooks/gpu_locality.h"
#include "oci/default_spec.h"
#include "runtime/cgroup_host.h"
#include "runtime/privileges.h"

namespace aictr::cli {
namespace {

// What NVIDIA's own images ask for on their command lines (--ulimit memlock=-1 --ulimit stack=67108864).
constexpr std::uint64_t kStack = 64U << 20;  // bytes
constexpr std::uint64_t kOpenFiles = 1U << 20;

constexpr std::array<const char*, 6> kThreadVariables = {"OMP_NUM_THREADS",      "MKL_NUM_THREADS",
                                                         "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
                                                         "TORCH_NUM_THREADS",    "RAYON_NUM_THREADS"};

struct Wanted {
  const char* name;
  int resource;
  std::uint64_t soft;
  std::uint64_t hard;
};

constexpr Wanted kLimits[] = {
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK, RLIM_INFINITY, RLIM_INFINITY},
    {"RLIMIT_STACK", RLIMIT_STACK, kStack, RLIM_INFINITY},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE, kOpenFiles, kOpenFiles},
};

std::string shown(const char* name, std::uint64_t value) {
  if (value == RLIM_INFINITY) return "unlimited";
  return std::string_view(name) == "RLIMIT_NOFILE" ? std::to_string(value) : binary_size(value);
}

// "RLIMIT_NOFILE" as --ulimit has it: "nofile".
std::string flag_name(std::string_view name) {
  return lower(name.substr(sizeof("RLIMIT_") - 1));
}

bool names_limit(const RunFlags& flags, const std::string& name) {
  return std::ranges::any_of(flags.ulimit,
                             [&](const std::string& text) { return lower(text).starts_with(name + "="); });
}

Result<DefaultsFacts> read_facts() {
  DefaultsFacts facts;
  auto names = runtime::capability_names();
  auto number = std::ranges::find(names, "CAP_SYS_RESOURCE") - names.begin();
  facts.may_raise_limits = (TRY(runtime::grantable_capabilities()) >> number & 1) != 0;
  for (const Wanted& limit : kLimits) facts.hard[limit.name] = TRY(sys::getrlimit(limit.resource)).rlim_max;
  facts.cpus = static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  return facts;
}

// The kernel's own minors of the NVIDIA GPUs that the spec has: /dev/nvidia0 is 195:0.
std::vector<unsigned> nvidia_minors(const oci::Spec& spec) {
  constexpr std::int64_t kNvidiaMajor = 195;
  constexpr std::int64_t kFirstControl = 254;  // nvidia-modeset; 255 is nvidiactl
  std::vector<unsigned> minors;
  for (const oci::Device& device : spec.linux_part->devices) {
    if (device.major == kNvidiaMajor && device.minor < kFirstControl) {
      minors.push_back(static_cast<unsigned>(device.minor));
    }
  }
  return minors;
}

bool has_cpuset() {
  auto host = runtime::CgroupHost::detect();
  if (!host.ok()) return false;
  return host.value().on_v2("cpuset") || host.value().v1_mounts.contains("cpuset");
}

void prefer_near_cpus(oci::Spec& spec, const RunFlags& flags, std::vector<std::string>& chosen) {
  if (!flags.cpus || *flags.cpus <= 0 || !flags.cpuset_cpus.empty() || is_switched_off(flags, "cpus")) return;
  auto minors = nvidia_minors(spec);
  if (minors.empty()) return;
  auto near = hooks::cpus_near_nvidia(minors, "/");
  std::string online = read_file(AT_FDCWD, "/sys/devices/system/cpu/online").value_or("");
  auto cpus = choose_cpus(near, trim(online), *flags.cpus);
  if (!cpus || !has_cpuset()) return;
  auto& resources = spec.linux_part->resources;
  if (!resources->cpu) resources->cpu.emplace();
  resources->cpu->cpus = *cpus;
  chosen.push_back(fmt::format("runs on the CPUs {}, which are near the GPU (--no-default cpus)", *cpus));
}

std::string cpu_list_text(const std::set<unsigned>& cpus) {
  std::string text;
  for (auto cpu = cpus.begin(); cpu != cpus.end();) {
    unsigned first = *cpu;
    unsigned last = first;
    while (++cpu != cpus.end() && *cpu == last + 1) last = *cpu;
    text += fmt::format("{}{}", text.empty() ? "" : ",", first);
    if (last != first) text += fmt::format("-{}", last);
  }
  return text;
}

}  // namespace

bool is_switched_off(const RunFlags& flags, std::string_view name) {
  return std::ranges::any_of(flags.no_default, [&](const std::string& word) { return word == name || word == "all"; });
}

bool has_accelerator(const oci::Spec& spec) {
  constexpr std::string_view kPlaces[] = {"/dev/nvidia", "/dev/infiniband/", "/dev/dri/", "/dev/kfd", "/dev/dxg"};
  return std::ranges::any_of(spec.linux_part->devices, [&](const oci::Device& device) {
    return std::ranges::any_of(kPlaces, [&](std::string_view place) { return device.path.starts_with(place); });
  });
}

void choose_limits(oci::Process& process, const RunFlags& flags, const DefaultsFacts& facts,
                   std::vector<std::string>& chosen) {
  for (const Wanted& limit : kLimits) {
    std::string name = flag_name(limit.name);
    if (names_limit(flags, name)) continue;
    std::uint64_t hard = facts.may_raise_limits ? limit.hard : std::min(limit.hard, facts.hard.at(limit.name));
    std::uint64_t soft = std::min(limit.soft, hard);
    std::erase_if(process.rlimits, [&](const oci::Rlimit& old) { return old.type == limit.name; });
    process.rlimits.push_back({limit.name, hard, soft});
    bool less = soft < limit.soft;
    chosen.push_back(fmt::format("{} is {}, for the accelerator{} (--no-default limits)", name, shown(limit.name, soft),
                                 less ? ": more needs CAP_SYS_RESOURCE" : ""));
  }
}

void choose_threads(oci::Process& process, const RunFlags& flags, const DefaultsFacts& facts,
                    std::vector<std::string>& chosen) {
  if (!flags.cpus || *flags.cpus <= 0) return;
  double whole = std::floor(std::min(*flags.cpus, static_cast<double>(std::max(1U, facts.cpus))));
  auto threads = static_cast<unsigned>(std::max(1.0, whole));
  if (auto set = parse_cpu_list(flags.cpuset_cpus); set && !set->empty()) {
    threads = std::min(threads, static_cast<unsigned>(set->size()));
  }
  std::vector<std::string> set;
  for (const char* name : kThreadVariables) {
    if (oci::find_env(process.env, name) != nullptr) continue;
    process.env.push_back(fmt::format("{}={}", name, threads));
    set.emplace_back(name);
  }
  if (set.empty()) return;
  chosen.push_back(fmt::format("{} threads, from --cpus: {} (--no-default threads)", threads, join(set, ", ")));
}

std::optional<std::string> choose_cpus(const std::vector<std::string>& near, std::string_view online, double wanted) {
  auto available = parse_cpu_list(online);
  if (!available) return std::nullopt;
  std::set<unsigned> result;
  for (const std::string& list : near) {
    auto cpus = parse_cpu_list(list);
    if (!cpus || cpus->empty()) return std::nullopt;  // to a GPU of which nothing is known all may be near
    result.insert(cpus->begin(), cpus->end());
  }
  std::erase_if(result, [&](unsigned cpu) { return !available->contains(cpu); });
  if (result.empty() || result == *available || static_cast<double>(result.size()) < wanted) return std::nullopt;
  return cpu_list_text(result);
}

Result<void> apply_defaults(oci::Spec& spec, const RunFlags& flags, std::vector<std::string>& chosen) {
  bool accelerated = has_accelerator(spec) && !is_switched_off(flags, "limits");
  bool threads = flags.cpus && !is_switched_off(flags, "threads");
  if (!accelerated && !flags.cpus) return {};  // the facts are not free
  DefaultsFacts facts = TRY(read_facts());
  if (accelerated) choose_limits(*spec.process, flags, facts, chosen);
  if (threads) choose_threads(*spec.process, flags, facts, chosen);
  prefer_near_cpus(spec, flags, chosen);
  return {};
}

}  // namespace aictr::cli
