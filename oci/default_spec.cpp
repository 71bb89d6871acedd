#include "oci/default_spec.h"

#include <algorithm>

namespace aictr::oci {
namespace {

std::vector<Mount> default_mounts() {
  auto mount = [](const char* destination, const char* type, std::vector<std::string> options) {
    Mount m;
    m.destination = destination;
    m.type = type;
    m.source = type;
    m.options = std::move(options);
    return m;
  };
  return {
      mount("/proc", "proc", {"nosuid", "noexec", "nodev"}),
      mount("/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      mount("/dev/pts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      mount("/sys", "sysfs", {"nosuid", "noexec", "nodev", "ro"}),
      mount("/sys/fs/cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}),
      mount("/dev/mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
  };
}

// Nothing, then the harmless nodes that every program expects, and pseudo-terminals.
std::vector<DeviceRule> default_device_rules() {
  auto rule = [](bool allow, std::int64_t major, std::int64_t minor, const char* access) {
    DeviceRule r;
    r.allow = allow;
    r.type = "c";
    r.major = major;
    if (minor >= 0) r.minor = minor;
    r.access = access;
    return r;
  };
  DeviceRule deny_all;
  deny_all.access = "rwm";
  std::vector<DeviceRule> rules = {deny_all};
  for (std::int64_t minor : {3, 5, 7, 8, 9})
    rules.push_back(rule(true, 1, minor, "rwm"));                                  // null zero full random urandom
  for (std::int64_t minor : {0, 2}) rules.push_back(rule(true, 5, minor, "rwm"));  // tty ptmx
  rules.push_back(rule(true, 136, -1, "rwm"));                                     // pts/*
  return rules;
}

std::vector<Namespace> default_namespaces() {
  return {{"pid", ""}, {"ipc", ""}, {"uts", ""}, {"mount", ""}, {"network", ""}, {"cgroup", ""}};
}

}  // namespace

std::vector<std::string> default_capabilities() {
  return {"CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
          "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
          "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
          "CAP_KILL",    "CAP_AUDIT_WRITE"};
}

Spec default_spec() {
  Spec spec;
  spec.oci_version = kRuntimeSpecVersion;
  spec.root = Root{"rootfs", false};
  spec.mounts = default_mounts();
  Process& process = spec.process.emplace();
  process.cwd = "/";
  Linux& part = spec.linux_part.emplace();
  part.namespaces = default_namespaces();
  part.resources.emplace().devices = default_device_rules();
  part.masked_paths = {"/proc/acpi",
                       "/proc/asound",
                       "/proc/interrupts",
                       "/proc/kcore",
                       "/proc/keys",
                       "/proc/latency_stats",
                       "/proc/sched_debug",
                       "/proc/scsi",
                       "/proc/timer_list",
                       "/proc/timer_stats",
                       "/sys/devices/virtual/powercap",
                       "/sys/firmware"};
  part.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return spec;
}

void make_privileged(Spec& spec) {
  Linux& part = *spec.linux_part;
  part.masked_paths.clear();
  part.readonly_paths.clear();
  part.seccomp.reset();
  DeviceRule everything;
  everything.allow = true;
  everything.access = "rwm";
  part.resources->devices = {everything};
  for (Mount& mount : spec.mounts) {
    if (mount.destination == "/sys" || mount.destination == "/sys/fs/cgroup") std::erase(mount.options, "ro");
  }
}

void set_env(std::vector<std::string>& env, const std::string& assignment) {
  std::string prefix = assignment.substr(0, assignment.find('=')) + "=";
  auto old = std::find_if(env.begin(), env.end(), [&](const std::string& e) { return e.starts_with(prefix); });
  if (old != env.end()) {
    *old = assignment;
  } else {
    env.push_back(assignment);
  }
}

const char* find_env(const std::vector<std::string>& env, std::string_view name) {
  for (const std::string& e : env) {
    if (e.size() > name.size() && e[name.size()] == '=' && e.starts_with(name)) return e.c_str() + name.size() + 1;
  }
  return nullptr;
}

}  // namespace aictr::oci
