#include "cli/run_spec.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/cpu_list.h"
#include "cli/run_defaults.h"
#include "cli/run_devices.h"
#include "cli/run_process.h"
#include "cli/run_resources.h"
#include "oci/default_seccomp.h"
#include "oci/default_spec.h"
#include "oci/seccomp_profile.h"
#include "runtime/privileges.h"

namespace aictr::cli {
namespace {

// Enough for a DataLoader with many workers, and what a program may raise it to.
constexpr std::uint64_t kNofileSoft = 65536;
constexpr std::uint64_t kNofileHard = 1048576;

// "MemTotal:       24558232 kB" of /proc/meminfo (proc_meminfo(5)), in bytes.
std::int64_t meminfo(std::string_view text, std::string_view name) {
  for (const std::string& line : split(text, '\n')) {
    auto parts = words(line);
    if (parts.size() >= 2 && parts[0] == name) return parse_number<std::int64_t>(parts[1]).value_or(0) * 1024;
  }
  return 0;
}

Result<std::vector<std::string>> grantable_names() {
  std::uint64_t mask = TRY(runtime::grantable_capabilities());
  std::vector<std::string> names = runtime::capability_names();  // by number
  std::vector<std::string> grantable;
  for (std::size_t number = 0; number < names.size(); ++number) {
    if ((mask >> number & 1) != 0) grantable.push_back(names[number]);
  }
  return grantable;
}

// Asked before anything is made: a limit above our own hard one needs a right that not every root has.
Result<void> check_may_set(const oci::Rlimit& limit, const std::string& text) {
  auto planned = TRY(runtime::plan_rlimits({limit}));
  rlim_t ours = TRY(sys::getrlimit(planned.front().resource)).rlim_max;
  if (limit.hard <= ours) return {};
  return make_error(
      Kind::denied,
      fmt::format("--ulimit '{}': the hard limit here is {}, and raising it needs CAP_SYS_RESOURCE", text, ours),
      fmt::format("ask for {} or less", ours));
}

Result<void> set_rlimits(oci::Process& process, const RunFlags& flags, const HostFacts& host,
                         std::vector<std::string>& chosen) {
  bool has_nofile = false;
  bool may_raise =
      std::find(host.capabilities.begin(), host.capabilities.end(), "CAP_SYS_RESOURCE") != host.capabilities.end();
  for (const std::string& text : flags.ulimit) {
    oci::Rlimit limit = TRY(parse_ulimit(text));
    if (!may_raise) TRY(check_may_set(limit, text));
    has_nofile = has_nofile || limit.type == "RLIMIT_NOFILE";
    std::erase_if(process.rlimits, [&](const oci::Rlimit& old) { return old.type == limit.type; });
    process.rlimits.push_back(std::move(limit));
  }
  if (has_nofile) return {};
  std::uint64_t hard = kNofileHard;
  if (!may_raise && host.nofile_hard < hard) {
    hard = host.nofile_hard;
    chosen.push_back(fmt::format("open files limited to {}: raising the limit needs CAP_SYS_RESOURCE", hard));
  }
  process.rlimits.push_back({"RLIMIT_NOFILE", hard, std::min(kNofileSoft, hard)});
  return {};
}

Result<void> set_seccomp(oci::Spec& spec, const std::string& file, const std::vector<std::string>& capabilities,
                         const HostFacts& host) {
  if (file == "unconfined") {
    spec.linux_part->seccomp.reset();
    return {};
  }
  std::string text = TRY_AS("--security-opt seccomp", read_file(AT_FDCWD, file));
  oci::ProfileTarget target{capabilities, oci::native_platform().architecture, host.kernel_major, host.kernel_minor};
  spec.linux_part->seccomp = TRY_AS(fmt::format("'{}'", file), oci::parse_seccomp_profile(text, target));
  return {};
}

Result<void> set_security(oci::Spec& spec, const RunFlags& flags, const HostFacts& host) {
  oci::Process& process = *spec.process;
  auto names = TRY(run_capabilities(flags, runtime::capability_names(), host.capabilities));
  // Nothing inheritable and nothing ambient: a program that is not root gets none (CVE-2022-29162).
  process.capabilities = oci::Capabilities{names, names, {}, names, {}};
  if (flags.privileged) {
    oci::make_privileged(spec);
  } else {
    spec.linux_part->seccomp = oci::default_seccomp(names);
  }
  for (const std::string& option : flags.security_opt) {
    auto split_at = option.find_first_of("=:");
    std::string key = option.substr(0, split_at);
    std::string value = split_at == std::string::npos ? "" : option.substr(split_at + 1);
    if (key == "no-new-privileges" && (value.empty() || value == "true" || value == "false")) {
      process.no_new_privileges = value != "false";
    } else if (key == "seccomp" && !value.empty()) {
      TRY(set_seccomp(spec, value, names, host));
    } else if (option != "label=disable" && option != "label:disable" && option != "apparmor=unconfined") {
      return make_error(Kind::usage, fmt::format("unknown value '{}' for --security-opt", option),
                        "use no-new-privileges, seccomp=FILE or seccomp=unconfined");
    }
  }
  return {};
}

// /dev/shm: `size` bytes, or half of the machine's memory, the kernel's own default, when it is 0.
oci::Mount shm_mount(std::int64_t size) {
  oci::Mount mount;
  mount.type = "tmpfs";
  mount.source = "shm";
  mount.destination = "/dev/shm";
  mount.options = {"nosuid", "noexec", "nodev", "mode=1777"};
  if (size > 0) mount.options.push_back(fmt::format("size={}", size));
  return mount;
}

// Half of the memory the container may use, as the kernel itself does with half of all memory: PyTorch's workers pass
// whole batches through /dev/shm, and Docker's 64 MiB end in a bus error.
oci::Mount choose_shm(const RunFlags& flags, std::vector<std::string>& chosen) {
  if (flags.shm_size && flags.shm_size->count != 0) return shm_mount(flags.shm_size->count);
  bool known = flags.memory && flags.memory->count != 0;
  if (!known || is_switched_off(flags, "shm")) return shm_mount(0);
  std::int64_t size = flags.memory->count / 2;
  chosen.push_back(fmt::format("/dev/shm holds {}, half of --memory", binary_size(static_cast<std::uint64_t>(size))));
  return shm_mount(size);
}

Result<std::map<std::string, std::string>> sysctls(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.find('=') == std::string::npos)
      return make_error(Kind::usage, fmt::format("invalid value '{}' for --sysctl: write NAME=VALUE", text));
  }
  return key_values("sysctl", texts);
}

Result<void> check_cpus(const std::string& wanted) {
  if (wanted.empty()) return {};
  std::string text = read_file(AT_FDCWD, "/sys/devices/system/cpu/online").value_or("");
  std::string_view available = trim(text);
  auto numbers = parse_cpu_list(wanted);
  if (!numbers) {
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --cpuset-cpus", wanted),
                      "write numbers and ranges, such as 0-3,7");
  }
  auto online = parse_cpu_list(available).value_or(*numbers);
  if (std::includes(online.begin(), online.end(), numbers->begin(), numbers->end())) return {};
  return make_error(Kind::usage,
                    fmt::format("invalid value '{}' for --cpuset-cpus: this machine has {}", wanted, available));
}

Result<void> set_resources(oci::Spec& spec, const RunFlags& flags, const HostFacts& host) {
  oci::Resources resources = TRY(run_resources(flags, host.has_swap));
  resources.devices = std::move(spec.linux_part->resources->devices);
  spec.linux_part->resources = std::move(resources);
  return {};
}

}  // namespace

Result<HostFacts> HostFacts::read() {
  HostFacts host;
  std::string text = TRY(read_file(AT_FDCWD, "/proc/meminfo"));
  host.memory = meminfo(text, "MemTotal:");
  host.has_swap = meminfo(text, "SwapTotal:") > 0;
  host.nofile_hard = TRY(sys::getrlimit(RLIMIT_NOFILE)).rlim_max;
  host.capabilities = TRY(grantable_names());
  host.current_directory = TRY(sys::readlink(AT_FDCWD, "/proc/self/cwd"));
  utsname name{};
  if (::uname(&name) != 0) return sys_error("ask for the kernel's version");
  auto version = split(name.release, '.');
  host.kernel_major = parse_number<unsigned>(version[0]).value_or(0);
  host.kernel_minor = version.size() > 1 ? parse_number<unsigned>(version[1]).value_or(0) : 0;
  return host;
}

Result<std::map<std::string, std::string>> key_values(std::string_view flag, const std::vector<std::string>& texts) {
  std::map<std::string, std::string> result;
  for (const std::string& text : texts) {
    auto equals = text.find('=');
    if (equals == 0)
      return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: it has no key", text, flag));
    result[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
  }
  return result;
}

Result<oci::Spec> run_spec(const RunFlags& flags, const oci::ContainerConfig& image,
                           const std::vector<std::string>& command, const HostFacts& host,
                           std::vector<std::string>& chosen) {
  oci::Spec spec = oci::default_spec();
  oci::Process& process = *spec.process;
  process.terminal = flags.terminal;
  process.args = TRY(run_arguments(flags, image, command));
  process.env = TRY(run_environment(flags, image, our_variable));
  process.cwd = !flags.workdir.empty() ? flags.workdir : image.working_dir.empty() ? "/" : image.working_dir;
  if (!process.cwd.starts_with('/')) {
    return make_error(Kind::usage, fmt::format("working directory '{}' is not an absolute path", process.cwd));
  }
  constexpr std::size_t kLongestHostname = 64;  // gethostname(2)
  if (flags.hostname.size() > kLongestHostname) {
    return make_error(Kind::usage,
                      fmt::format("--hostname '{}' is longer than {} characters", flags.hostname, kLongestHostname));
  }
  process.oom_score_adj = flags.oom_score_adj;
  TRY(set_rlimits(process, flags, host, chosen));
  TRY(set_security(spec, flags, host));
  spec.mounts.push_back(choose_shm(flags, chosen));
  spec.root->readonly = flags.read_only;
  TRY(check_cpus(flags.cpuset_cpus));
  TRY(set_resources(spec, flags, host));
  TRY(add_devices(spec, flags));
  TRY(apply_defaults(spec, flags, chosen));
  spec.linux_part->sysctl = TRY(sysctls(flags.sysctl));
  spec.annotations = TRY(key_values("annotation", flags.annotation));
  return spec;
}

}  // namespace aictr::cli
