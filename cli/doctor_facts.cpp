#include "cli/doctor_facts.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "cli/yaml_reader.h"
#include "hooks/cdi_host_check.h"
#include "hooks/cdi_registry.h"
#include "runtime/privileges.h"

namespace aictr::cli {
namespace {

// Those of whose lack a person would notice something.
constexpr const char* kCapabilities[] = {"CAP_SYS_ADMIN",  "CAP_NET_ADMIN", "CAP_SYS_CHROOT",  "CAP_MKNOD",
                                         "CAP_SETUID",     "CAP_SETGID",    "CAP_CHOWN",       "CAP_DAC_OVERRIDE",
                                         "CAP_SYS_PTRACE", "CAP_BPF",       "CAP_SYS_RESOURCE"};
constexpr const char* kPrograms[] = {"netavark", "aardvark-dns", "pasta",     "slirp4netns",
                                     "nft",      "newuidmap",    "newgidmap", "criu"};
// Beside PATH: netavark and its DNS server are called by programs, not by people.
constexpr const char* kProgramDirectories[] = {
    "/usr/lib/podman",           "/usr/libexec/podman", "/usr/local/lib/podman",
    "/usr/local/libexec/podman", "/usr/sbin",           "/sbin"};
constexpr const char* kLibraryDirectories[] = {"/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                               "/usr/local/nvidia/lib64",
                                               "/run/nvidia/driver/usr/lib/x86_64-linux-gnu"};

std::string text_of(const std::string& path) {
  return std::string(trim(read_file(AT_FDCWD, path).value_or("")));
}

std::vector<std::string> names_in(const std::string& directory) {
  return list_directory(AT_FDCWD, directory).value_or({});
}

Presence presence_of(const std::string& file_system, const std::string& kernel) {
  auto known = words(read_file(AT_FDCWD, "/proc/filesystems").value_or(""));
  if (std::ranges::find(known, file_system) != known.end()) return Presence::here;
  std::string modules = read_file(AT_FDCWD, "/lib/modules/" + kernel + "/modules.dep").value_or("");
  return modules.find("/" + file_system + ".ko") != std::string::npos ? Presence::loadable : Presence::absent;
}

void gather_kernel(DoctorFacts& facts) {
  utsname name{};
  ::uname(&name);
  facts.kernel = name.release;
  auto version = split(facts.kernel, '.');
  facts.kernel_major = parse_number<unsigned>(version[0]).value_or(0);
  if (version.size() > 1) facts.kernel_minor = parse_number<unsigned>(version[1]).value_or(0);
  facts.overlay = presence_of("overlay", facts.kernel);
  facts.erofs = presence_of("erofs", facts.kernel);
  facts.seccomp = sys::exists(AT_FDCWD, "/proc/sys/kernel/seccomp");
  for (std::string& one : names_in("/proc/self/ns")) facts.namespaces.insert(std::move(one));
  facts.max_user_namespaces = parse_number<std::int64_t>(text_of("/proc/sys/user/max_user_namespaces"));
  facts.users_may_make_namespaces = text_of("/proc/sys/kernel/unprivileged_userns_clone") != "0" &&
                                    text_of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") != "1";
}

// A row "NAME:FIRST:COUNT" of /etc/subuid for the user, by name or number.
bool has_row(const std::string& file, const std::string& name, uid_t uid) {
  for (const std::string& line : split(read_file(AT_FDCWD, file).value_or(""), '\n')) {
    auto parts = split(line, ':');
    if (parts.size() == 3 && (parts[0] == name || parts[0] == std::to_string(uid))) return true;
  }
  return false;
}

std::string name_of(uid_t uid) {
  for (const std::string& line : split(read_file(AT_FDCWD, "/etc/passwd").value_or(""), '\n')) {
    auto parts = split(line, ':');
    if (parts.size() > 2 && parts[2] == std::to_string(uid)) return parts[0];
  }
  return std::to_string(uid);
}

void gather_rights(DoctorFacts& facts) {
  uid_t uid = ::geteuid();
  facts.is_root = uid == 0;
  facts.user = name_of(uid);
  facts.has_subuids = has_row("/etc/subuid", facts.user, uid);
  facts.has_subgids = has_row("/etc/subgid", facts.user, uid);
  if (!facts.is_root) return;
  std::uint64_t mask = runtime::grantable_capabilities().value_or(0);
  auto names = runtime::capability_names();
  for (const char* wanted : kCapabilities) {
    auto number = std::ranges::find(names, wanted) - names.begin();
    if ((mask >> number & 1) == 0) facts.missing_capabilities.emplace_back(wanted);
  }
}

void gather_cgroups(DoctorFacts& facts) {
  facts.cgroups = runtime::CgroupHost::detect().value_or({});
  if (facts.cgroups.v2_mount.empty()) return;
  for (const std::string& line : split(text_of("/proc/self/cgroup"), '\n')) {
    if (!line.starts_with("0::")) continue;
    std::string group = facts.cgroups.v2_mount + line.substr(3);
    if (::access(group.c_str(), W_OK) != 0) return;
    auto controllers = words(text_of(group + "/cgroup.controllers"));
    facts.delegated.emplace(controllers.begin(), controllers.end());
  }
}

void gather_driver(DoctorFacts& facts) {
  for (const std::string& device : names_in("/sys/bus/pci/devices")) {
    std::string at = "/sys/bus/pci/devices/" + device;
    bool display = text_of(at + "/class").starts_with("0x03");
    if (display && text_of(at + "/vendor") == "0x10de") facts.has_nvidia_device = true;
  }
  facts.nvidia_module = text_of("/sys/module/nvidia/version");
  for (const std::string& name : names_in("/dev")) {
    if (name.starts_with("nvidia")) facts.nvidia_nodes.push_back(name);
  }
  for (const char* directory : kLibraryDirectories) {
    for (const std::string& name : names_in(directory)) {
      std::string version = name.starts_with("libcuda.so.") ? hooks::driver_version_of(name) : "";
      if (!version.empty()) facts.nvidia_libraries.insert(version);
    }
  }
}

void gather_cdi(DoctorFacts& facts) {
  auto registry = hooks::CdiRegistry::read(hooks::default_cdi_directories(), read_yaml_apart);
  if (!registry.ok()) {
    facts.cdi_problems.push_back(registry.error().message);
    return;
  }
  hooks::CdiHost host = hooks::CdiHost::live();
  for (const hooks::CdiFile& file : registry.value().files()) {
    ++facts.cdi_files;
    for (const Error& error : file.problems) facts.cdi_problems.push_back(error.message);
    for (const Error& error : hooks::check_on_host(file, host)) facts.cdi_problems.push_back(error.message);
  }
}

// Of the store, or of the nearest directory above it that there is.
void gather_disk(DoctorFacts& facts, std::string path) {
  facts.store = path;
  while (path.size() > 1 && !sys::exists(AT_FDCWD, path))
    path = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct statvfs stats {};
  if (::statvfs(path.c_str(), &stats) == 0) facts.free_bytes = std::uint64_t{stats.f_bavail} * stats.f_frsize;
}

void gather_programs(DoctorFacts& facts) {
  const char* path = std::getenv("PATH");
  std::vector<std::string> directories = split(path == nullptr ? "" : path, ':');
  directories.insert(directories.end(), std::begin(kProgramDirectories), std::end(kProgramDirectories));
  for (const char* program : kPrograms) {
    bool found = std::ranges::any_of(directories, [&](const std::string& directory) {
      return directory.starts_with('/') && ::access(fmt::format("{}/{}", directory, program).c_str(), X_OK) == 0;
    });
    if (found) facts.programs.insert(program);
  }
}

}  // namespace

DoctorFacts DoctorFacts::gather(const std::string& store) {
  DoctorFacts facts;
  gather_kernel(facts);
  gather_rights(facts);
  gather_cgroups(facts);
  gather_driver(facts);
  gather_cdi(facts);
  gather_disk(facts, store);
  gather_programs(facts);
  return facts;
}

}  // namespace aictr::cli
