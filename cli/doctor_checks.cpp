#include "cli/doctor_checks.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {
namespace {

constexpr std::uint64_t kLittle = 5ULL << 30;       // bytes: an image with CUDA and PyTorch does not fit any more
constexpr std::uint64_t kTooLittle = 200ULL << 20;  // nor do any other

Finding ok(std::string text) {
  return {"", Health::ok, std::move(text), ""};
}

Finding warning(std::string text, std::string mend) {
  return {"", Health::warning, std::move(text), std::move(mend)};
}

Finding broken(std::string text, std::string mend) {
  return {"", Health::broken, std::move(text), std::move(mend)};
}

bool kernel_has(const DoctorFacts& facts, unsigned major, unsigned minor) {
  return std::pair(facts.kernel_major, facts.kernel_minor) >= std::pair(major, minor);
}

Finding kernel(const DoctorFacts& facts) {
  if (!kernel_has(facts, 5, 6)) {
    return broken(fmt::format("Linux {} lacks openat2, which keeps paths inside of a container", facts.kernel),
                  "use Linux 5.12 or newer");
  }
  return ok(fmt::format("Linux {}", facts.kernel));
}

Finding id_maps(const DoctorFacts& facts) {
  if (!kernel_has(facts, 5, 12)) {
    return warning("mounts cannot have their ids mapped: files that --cache writes belong to the container's user",
                   "use Linux 5.12 or newer");
  }
  return ok("mounts can have their ids mapped, where their file system takes part");
}

Finding overlay(const DoctorFacts& facts) {
  if (facts.overlay == Presence::absent) {
    return broken("this kernel has no overlay file system, which every container is made of",
                  "modprobe overlay, or a kernel with CONFIG_OVERLAY_FS");
  }
  return ok(facts.overlay == Presence::here ? "overlay" : "overlay, loaded when it is needed");
}

Finding erofs(const DoctorFacts& facts) {
  if (facts.erofs == Presence::absent) {
    return warning("this kernel has no EROFS: layers are unpacked", "modprobe erofs, or a kernel with CONFIG_EROFS_FS");
  }
  return ok(kernel_has(facts, 6, 12) ? "layers are mounted from their files"
                                     : "layers are mounted through loop devices; from Linux 6.12 on without");
}

Finding seccomp(const DoctorFacts& facts) {
  if (!facts.seccomp) {
    return broken("this kernel has no seccomp, so system calls cannot be filtered",
                  "use a kernel with CONFIG_SECCOMP_FILTER");
  }
  return ok("system calls can be filtered");
}

Finding namespaces(const DoctorFacts& facts) {
  std::vector<std::string> missing;
  for (const char* name : {"mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
    if (!facts.namespaces.contains(name)) missing.emplace_back(name);
  }
  if (!missing.empty()) {
    return broken(fmt::format("this kernel has no namespaces of the kind {}", join(missing, ", ")),
                  "use a kernel with CONFIG_NAMESPACES");
  }
  return ok("all that a container needs");
}

Finding user_namespaces(const DoctorFacts& facts) {
  if (!facts.namespaces.contains("user")) {
    return warning("this kernel has no user namespaces", "use a kernel with CONFIG_USER_NS");
  }
  if (facts.max_user_namespaces == 0) {
    return warning("user namespaces are switched off", "sysctl -w user.max_user_namespaces=15000");
  }
  if (!facts.users_may_make_namespaces && !facts.is_root) {
    return broken("users who are not root may not make user namespaces",
                  "sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0");
  }
  return ok("can be made");
}

Finding rights(const DoctorFacts& facts) {
  if (!facts.is_root) return ok(fmt::format("user {}", facts.user));
  const auto& missing = facts.missing_capabilities;
  if (missing.empty()) return ok("root");
  std::string list = join(missing, ", ");
  if (std::ranges::find(missing, "CAP_SYS_ADMIN") != missing.end()) {
    return broken(fmt::format("root lacks {} here", list), "inside a container, start that one with --privileged");
  }
  return warning(fmt::format("root lacks {} here", list), "inside a container, start that one with --privileged");
}

Finding subordinate_ids(const DoctorFacts& facts) {
  if (facts.is_root) return ok("not needed by root");
  if (!facts.has_subuids || !facts.has_subgids) {
    return warning(
        fmt::format("{} has no ids of its own in {}", facts.user, facts.has_subuids ? "/etc/subgid" : "/etc/subuid"),
        fmt::format("sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {}", facts.user));
  }
  if (!facts.programs.contains("newuidmap") || !facts.programs.contains("newgidmap")) {
    return warning("newuidmap and newgidmap are missing", "sudo apt-get install uidmap");
  }
  return ok(fmt::format("{} has a range of ids", facts.user));
}

Finding cgroups(const DoctorFacts& facts) {
  const auto& host = facts.cgroups;
  if (host.v2_mount.empty() && host.v1_mounts.empty()) {
    return broken("no cgroup file system is mounted, so nothing can be limited",
                  "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
  }
  std::vector<std::string> missing;
  for (const char* name : {"cpu", "cpuset", "memory", "pids"}) {
    if (!host.on_v2(name) && !host.v1_mounts.contains(name)) missing.emplace_back(name);
  }
  std::string layout = host.v1_mounts.empty() ? "version 2" : host.v2_mount.empty() ? "version 1" : "both versions";
  if (!missing.empty()) {
    return warning(fmt::format("{}, without {}: these limits cannot be set", layout, join(missing, ", ")),
                   "boot with systemd.unified_cgroup_hierarchy=1, without cgroup_disable=");
  }
  return ok(layout);
}

Finding delegation(const DoctorFacts& facts) {
  if (facts.is_root) return ok("not needed by root");
  std::vector<std::string> missing;
  for (const char* name : {"cpu", "memory", "pids"}) {
    if (!facts.delegated || !facts.delegated->contains(name)) missing.emplace_back(name);
  }
  if (missing.empty()) return ok("this session may set limits");
  return warning(fmt::format("this session may not set limits for {}", join(missing, ", ")),
                 "sudo systemctl edit user@.service, with '[Service]' and 'Delegate=cpu cpuset io memory pids'");
}

Finding driver(const DoctorFacts& facts) {
  const auto& libraries = facts.nvidia_libraries;
  if (facts.nvidia_module.empty()) {
    if (!facts.has_nvidia_device) return ok("no NVIDIA GPU");
    return broken("there is an NVIDIA GPU, and its driver is not loaded", "modprobe nvidia, or install the driver");
  }
  if (libraries.empty()) {
    return broken(fmt::format("the module {} is loaded, and its libraries are not found", facts.nvidia_module),
                  "install the libraries of the same version, such as with apt-get install libcuda1");
  }
  if (!libraries.contains(facts.nvidia_module)) {
    return broken(fmt::format("the loaded module is {}, and the libraries are {}", facts.nvidia_module,
                              join(std::vector<std::string>(libraries.begin(), libraries.end()), ", ")),
                  "reboot, or unload the module and load the new one");
  }
  return ok(fmt::format("NVIDIA {}", facts.nvidia_module));
}

Finding devices(const DoctorFacts& facts) {
  if (facts.nvidia_module.empty()) return ok("none to look for");
  std::vector<std::string> missing;
  for (const char* name : {"nvidiactl", "nvidia-uvm"}) {
    if (std::ranges::find(facts.nvidia_nodes, name) == facts.nvidia_nodes.end())
      missing.push_back(fmt::format("/dev/{}", name));
  }
  bool any = std::ranges::any_of(facts.nvidia_nodes, [](const std::string& name) {
    return name.size() > 6 && name.find_first_not_of("0123456789", 6) == std::string::npos;
  });
  if (!any) missing.emplace_back("/dev/nvidia0");
  if (!missing.empty()) {
    return broken(fmt::format("the driver is loaded, and {} not there",
                              join(missing, ", ") + (missing.size() > 1 ? " are" : " is")),
                  "nvidia-modprobe -u -c 0");
  }
  return ok(fmt::format("{} nodes in /dev", facts.nvidia_nodes.size()));
}

Finding cdi(const DoctorFacts& facts) {
  if (!facts.cdi_problems.empty()) {
    return warning(
        facts.cdi_problems.front() +
            (facts.cdi_problems.size() > 1 ? fmt::format(", and {} more", facts.cdi_problems.size() - 1) : ""),
        "aictr cdi validate");
  }
  return ok(facts.cdi_files == 0 ? "no files, and --gpus needs none"
                                 : fmt::format("{} files, all as they must be", facts.cdi_files));
}

Finding disk(const DoctorFacts& facts) {
  if (!facts.free_bytes) return warning(fmt::format("'{}' cannot be looked at", facts.store), "choose another --root");
  std::string text = fmt::format("{} free for '{}'", binary_size(*facts.free_bytes), facts.store);
  if (*facts.free_bytes < kTooLittle) return broken(text, "aictr system prune, or another --root");
  if (*facts.free_bytes < kLittle) return warning(text, "aictr system prune, or another --root");
  return ok(text);
}

Finding network(const DoctorFacts& facts) {
  struct Need {
    const char* program;
    const char* package;
    bool of_root;
    bool of_others;
  };
  constexpr Need kNeeds[] = {{"netavark", "netavark", true, false},
                             {"aardvark-dns", "aardvark-dns", true, false},
                             {"nft", "nftables", true, false},
                             {"pasta", "passt", false, true},
                             {"slirp4netns", "slirp4netns", false, true}};
  std::vector<std::string> missing;
  std::vector<std::string> packages;
  for (const Need& need : kNeeds) {
    if (!(facts.is_root ? need.of_root : need.of_others) || facts.programs.contains(need.program)) continue;
    missing.emplace_back(need.program);
    packages.emplace_back(need.package);
  }
  // One of the two is enough.
  bool one_is_enough = !facts.is_root && missing.size() == 1;
  if (missing.empty() || one_is_enough) return ok("the programs that networks need are there");
  return warning(fmt::format("{} missing: only --network host and none work", join(missing, ", ")),
                 fmt::format("apt-get install {}", join(packages, " ")));
}

struct Check {
  const char* name;
  Finding (*examine)(const DoctorFacts& facts);
};

constexpr Check kChecks[] = {
    {"kernel", kernel},
    {"namespaces", namespaces},
    {"user namespaces", user_namespaces},
    {"rights", rights},
    {"subordinate ids", subordinate_ids},
    {"cgroups", cgroups},
    {"delegation", delegation},
    {"seccomp", seccomp},
    {"overlay", overlay},
    {"erofs", erofs},
    {"mapped mounts", id_maps},
    {"driver", driver},
    {"devices", devices},
    {"cdi files", cdi},
    {"disk", disk},
    {"network", network},
};

}  // namespace

std::vector<Finding> examine(const DoctorFacts& facts) {
  std::vector<Finding> findings;
  for (const Check& check : kChecks) {
    Finding finding = check.examine(facts);
    finding.name = check.name;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace aictr::cli
