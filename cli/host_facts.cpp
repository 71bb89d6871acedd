#include "cli/host_facts.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "oci/image_spec.h"
#include "runtime/cgroup_host.h"
#include "runtime/privileges.h"

namespace aictr::cli {
namespace {

using oci::Json;

std::string text_of(const std::string& path) {
  return read_file(AT_FDCWD, path).value_or("");
}

// What follows `key` in a file of lines such as "CapEff:\t000…" or "PRETTY_NAME=\"…\"".
std::string value_in(const std::string& text, std::string_view key) {
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with(key)) continue;
    std::string_view value = trim(std::string_view(line).substr(key.size()));
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return "";
}

Json strings(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

std::int64_t cpus() {
  return std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
}

std::int64_t memory() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return 0;
  return static_cast<std::int64_t>(info.totalram) * info.mem_unit;
}

std::string cgroup_version(const runtime::CgroupHost& host) {
  if (host.v1_mounts.empty()) return host.v2_mount.empty() ? "none" : "2";
  return host.v2_controllers.empty() && host.v2_mount.empty() ? "1" : "hybrid";
}

Json controllers_of(const runtime::CgroupHost& host) {
  Json::Array list;
  auto add = [&](const std::string& name, const char* version, const std::string& path) {
    list.emplace_back(Json::Object{{"Name", Json(name)}, {"Version", Json(version)}, {"Path", Json(path)}});
  };
  for (const std::string& name : host.v2_controllers) add(name, "2", host.v2_mount);
  for (const auto& [name, path] : host.v1_mounts) add(name, "1", path);
  return Json(std::move(list));
}

Json filesystems() {
  std::vector<std::string> known;
  auto listed = words(text_of("/proc/filesystems"));
  for (const char* name : {"overlay", "erofs"}) {
    if (std::ranges::find(listed, name) != listed.end()) known.emplace_back(name);
  }
  return strings(known);
}

Json security() {
  std::vector<std::string> options;
  if (sys::exists(AT_FDCWD, "/proc/sys/kernel/seccomp")) options.emplace_back("seccomp");
  if (text_of("/sys/module/apparmor/parameters/enabled").starts_with('Y')) options.emplace_back("apparmor");
  if (sys::exists(AT_FDCWD, "/sys/fs/selinux/enforce")) options.emplace_back("selinux");
  auto namespaces = parse_number<std::int64_t>(trim(text_of("/proc/sys/user/max_user_namespaces")));
  if (namespaces.value_or(0) > 0) options.emplace_back("user namespaces");
  return strings(options);
}

// What the kernel knows and this process may not do: the reason of many a failure in a container or a virtual machine.
Json missing_capabilities() {
  auto effective = parse_number<std::uint64_t>(value_in(text_of("/proc/self/status"), "CapEff:"), 16).value_or(0);
  std::vector<std::string> missing;
  std::uint64_t bit = 1;
  for (std::string& name : runtime::capability_names()) {
    if ((effective & bit) == 0) missing.push_back(std::move(name));
    bit <<= 1;
  }
  return strings(missing);
}

}  // namespace

Json host_facts() {
  utsname names{};
  ::uname(&names);
  auto cgroups = runtime::CgroupHost::detect().value_or({});
  return Json(Json::Object{
      {"Name", Json(names.nodename)},
      {"OperatingSystem", Json(value_in(text_of("/etc/os-release"), "PRETTY_NAME="))},
      {"OSType", Json(oci::native_platform().os)},
      {"Architecture", Json(names.machine)},
      {"KernelVersion", Json(names.release)},
      {"NCPU", Json(cpus())},
      {"MemTotal", Json(memory())},
      {"Memory", Json(binary_size(static_cast<std::uint64_t>(memory())))},
      {"CgroupVersion", Json(cgroup_version(cgroups))},
      {"CgroupControllers", controllers_of(cgroups)},
      {"Filesystems", filesystems()},
      {"SecurityOptions", security()},
      {"MissingCapabilities", missing_capabilities()},
  });
}

}  // namespace aictr::cli
